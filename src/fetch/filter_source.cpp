#include "filter_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "packing.hpp"
#include "working_file.hpp"

namespace reel::fetch {

namespace {

constexpr std::size_t read_bytes = std::size_t{128} << 10U;

}  // namespace

core::Result<FilterSource> FilterSource::open(const std::filesystem::path& file, Packing packing) {
    const auto library = ArchiveLibrary::load();
    if (!library) return std::unexpected(library.error());
    FilterSource source(**library, file, packing);
    if (auto begun = source.begin(); !begun) return std::unexpected(std::move(begun.error()));
    return source;
}

core::Result<void> FilterSource::begin() {
    archive* const reader = reader_.get();
    library_->support_bzip2(reader);
    library_->support_xz(reader);
    library_->support_zstd(reader);
    library_->support_raw(reader);
    library_->support_empty(reader);
    if (library_->read_open_filename(reader, file_.c_str(), read_bytes) != ARCHIVE_OK) {
        return failure();
    }
    archive_entry* entry = nullptr;
    const int code = library_->read_next_header(reader, &entry);
    // A front that is cut is taken for a file that is not packed.
    const bool is_packed = library_->filter_code(reader, 0) != ARCHIVE_FILTER_NONE;
    if (code == ARCHIVE_EOF && is_packed) return check_end();
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return failure();
    if (is_packed) return {};
    return core::fail(
        core::Errc::corrupt_data, fmt::format("truncated {} file", to_string(packing_))
    );
}

core::Result<std::string_view> FilterSource::read() {
    if (ended_) return std::string_view();
    const la_ssize_t count = library_->read_data(reader_.get(), unpacked_.data(), unpacked_.size());
    if (count < 0) return failure();
    if (count == 0) {
        if (auto checked = check_end(); !checked) return std::unexpected(checked.error());
    }
    return std::string_view(unpacked_.data(), static_cast<std::size_t>(count));
}

std::uint64_t FilterSource::used() const {
    const la_int64_t used = library_->filter_bytes(reader_.get(), -1);
    return static_cast<std::uint64_t>(std::max<la_int64_t>(used, 0));
}

core::Result<void> FilterSource::check_end() {
    const auto behind = all_zeros_from(file_, used());
    if (!behind) return std::unexpected(behind.error());
    ended_ = *behind;
    if (ended_) return {};
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format("damaged {} file: rubbish follows its end", to_string(packing_))
    );
}

std::unexpected<core::Error> FilterSource::failure() const {
    const char* const text = library_->error_string(reader_.get());
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format(
            "truncated or damaged {} file: {}",
            to_string(packing_),
            text != nullptr ? text : "unknown error"
        )
    );
}

}  // namespace reel::fetch
