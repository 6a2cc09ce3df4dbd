#include "part_file.hpp"

#include <fcntl.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace reel::fetch {

namespace fs = std::filesystem;
using nlohmann::json;

std::string Version::range_validator() const {
    if (!etag.empty() && !etag.starts_with("W/")) return etag;
    return last_modified;
}

core::Result<PartFile> PartFile::open(const fs::path& folder) {
    if (auto made = make_folder(folder); !made) return std::unexpected(std::move(made.error()));
    const fs::path path = folder / "data.part";
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
    if (!fd) return fail_errno("cannot create " + path.string());
    PartFile part(folder, std::move(fd));
    const off_t end = ::lseek(part.fd_.get(), 0, SEEK_END);
    if (end < 0) return fail_errno("cannot read " + path.string());
    part.size_ = static_cast<std::uint64_t>(end);
    part.load_version();
    const bool resumable = !part.version_.range_validator().empty();
    const bool too_long = part.version_.total && part.size_ >= *part.version_.total;
    if (part.size_ > 0 && (!resumable || too_long)) {
        if (auto dropped = part.restart({}); !dropped) {
            return std::unexpected(std::move(dropped.error()));
        }
    }
    return part;
}

void PartFile::load_version() {
    std::ifstream file(notes());
    const json value = json::parse(file, nullptr, false);
    if (!value.is_object()) return;
    try {
        Version version;
        version.etag = value.at("etag").get<std::string>();
        version.last_modified = value.at("last_modified").get<std::string>();
        if (value.contains("total")) version.total = value.at("total").get<std::uint64_t>();
        version_ = std::move(version);
    } catch (const json::exception&) {
        // Written by nobody we know; without a version the part is dropped.
        version_ = {};
    }
}

core::Result<void> PartFile::restart(Version version) {
    if (::ftruncate(fd_.get(), 0) != 0) return fail_errno("cannot empty " + data().string());
    size_ = 0;
    version_ = std::move(version);
    json value{{"etag", version_.etag}, {"last_modified", version_.last_modified}};
    if (version_.total) value["total"] = *version_.total;
    // A header may hold bytes that are not UTF-8; a validator with a hole matches nothing, which
    // only costs a restart.
    const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    std::ofstream file(notes(), std::ios::trunc);
    if (!(file << text << std::flush)) return fail_errno("cannot write " + notes().string());
    return {};
}

core::Result<void> PartFile::append(std::string_view bytes) {
    auto written = write_all(fd_, bytes, data());
    // After a failed write nobody knows how much of it is there.
    const off_t end = ::lseek(fd_.get(), 0, SEEK_END);
    if (end >= 0) size_ = static_cast<std::uint64_t>(end);
    return written;
}

core::Result<void> PartFile::finish(const fs::path& as) {
    fd_.reset();
    std::error_code error;
    fs::rename(data(), as, error);
    if (error) return fail_errno("cannot rename " + data().string(), error);
    fs::remove(notes(), error);
    return {};
}

}  // namespace reel::fetch
