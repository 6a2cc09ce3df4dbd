#include "zip_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <memory>

namespace reel::dataset {

namespace {

constexpr std::time_t fixed_time = 1'500'000'000;
constexpr std::size_t chunk_bytes = 1 << 18;

using Archive = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

std::unexpected<core::Error> failure(archive* zip, const std::filesystem::path& path) {
    const char* reason = archive_error_string(zip);
    return core::fail(
        core::Errc::unavailable,
        reason == nullptr ? "cannot write the zip" : reason,
        {},
        path.string()
    );
}

core::Result<void> add_file(archive* zip, const std::filesystem::path& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) {
        return core::fail(
            core::Errc::unavailable, "cannot read the file to pack", {}, path.string()
        );
    }
    const Entry entry(archive_entry_new(), &archive_entry_free);
    archive_entry_set_pathname(entry.get(), path.filename().c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), fixed_time, 0);
    if (archive_write_header(zip, entry.get()) != ARCHIVE_OK) return failure(zip, path);
    std::vector<char> chunk(chunk_bytes);
    while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())), file.gcount() > 0) {
        const auto count = static_cast<std::size_t>(file.gcount());
        if (archive_write_data(zip, chunk.data(), count) < 0) return failure(zip, path);
    }
    return {};
}

}  // namespace

core::Result<void> write_zip(
    const std::filesystem::path& zip, const std::vector<std::filesystem::path>& files
) {
    const Archive writer(archive_write_new(), &archive_write_free);
    archive_write_set_format_zip(writer.get());
    archive_write_set_options(writer.get(), "zip:compression-level=1");
    if (archive_write_open_filename(writer.get(), zip.c_str()) != ARCHIVE_OK) {
        return failure(writer.get(), zip);
    }
    for (const std::filesystem::path& file : files) {
        if (auto added = add_file(writer.get(), file); !added) return added;
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK) return failure(writer.get(), zip);
    return {};
}

}  // namespace reel::dataset
