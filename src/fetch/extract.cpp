#include "extract.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "archive_reader.hpp"
#include "checksum.hpp"
#include "file_name.hpp"
#include "member_name.hpp"
#include "place.hpp"
#include "retry.hpp"
#include "working_file.hpp"

namespace reel::fetch {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t ratio_counts_from = std::uint64_t{16} << 20U;

/// "ratings.csv" of "ratings.csv.gz".
std::string unpacked_name(const std::string& name) {
    constexpr std::array<std::string_view, 4> endings{".gz", ".bz2", ".xz", ".zst"};
    std::string stem = sanitize_name(name);
    for (const std::string_view ending : endings) {
        if (stem.size() > ending.size() && stem.ends_with(ending)) {
            stem.resize(stem.size() - ending.size());
            return stem;
        }
    }
    return stem.empty() ? "data" : stem;
}

std::unexpected<core::Error> refuse(std::string message, std::string hint = {}) {
    return core::fail(core::Errc::corrupt_data, std::move(message), std::move(hint));
}

/// The unpacking of one archive into a folder that nobody looks into yet.
class Extraction final {
  public:
    Extraction(const fs::path& folder, const ExtractLimits& limits, std::uint64_t packed_bytes)
        : folder_(folder),
          limits_(limits),
          packed_bytes_(std::max<std::uint64_t>(packed_bytes, 1)) {}

    core::Result<void> run(ArchiveReader& reader, const std::string& name);
    [[nodiscard]] const std::vector<FetchedFile>& files() const { return files_; }

  private:
    struct Link {
        fs::path from;
        fs::path target;
    };

    core::Result<void> take(ArchiveReader& reader, const Member& member);
    core::Result<void> take_link(const fs::path& path, const char* target, bool from_top);
    core::Result<void> write_file(ArchiveReader& reader, const fs::path& path);
    core::Result<void> write_empty(const fs::path& path);
    core::Result<void> check_entry_count();
    core::Result<void> count_bytes(std::size_t bytes);
    core::Result<void> claim(const fs::path& path);
    core::Result<void> resolve_links();
    [[nodiscard]] const FetchedFile* find(const fs::path& path) const;

    const fs::path& folder_;
    const ExtractLimits& limits_;
    std::uint64_t packed_bytes_;
    std::uint64_t entries_ = 0;
    std::uint64_t unpacked_bytes_ = 0;
    std::set<fs::path> taken_;
    std::vector<Link> links_;
    std::vector<FetchedFile> files_;  ///< relative paths
    std::vector<char> buffer_ = std::vector<char>(std::size_t{256} << 10U);
};

core::Result<void> Extraction::run(ArchiveReader& reader, const std::string& name) {
    while (true) {
        const auto member = reader.next();
        if (!member) return std::unexpected(member.error());
        if (!*member) break;
        if (auto counted = check_entry_count(); !counted) return counted;
        auto taken = reader.is_packed_file() ? write_file(reader, unpacked_name(name))
                                             : take(reader, **member);
        if (!taken) return taken;
    }
    if (reader.is_packed_nothing()) return write_empty(unpacked_name(name));
    if (auto resolved = resolve_links(); !resolved) return resolved;
    if (files_.empty()) return refuse("the archive holds no file");
    return {};
}

core::Result<void> Extraction::check_entry_count() {
    if (++entries_ <= limits_.max_files) return {};
    return refuse(
        fmt::format("refused: it holds more than {} members", limits_.max_files),
        "it may be a zip bomb"
    );
}

core::Result<void> Extraction::take(ArchiveReader& reader, const Member& member) {
    const char* const raw = member.name;
    if (raw == nullptr) return refuse("refused a member whose name cannot be read");
    const auto path = parse_member_name(raw);
    if (!path) return std::unexpected(path.error());
    if (is_junk(path->native())) return {};
    if (member.is_encrypted) {
        return core::fail(
            core::Errc::unsupported,
            fmt::format("the member '{}' is encrypted: unsupported", printable(raw)),
            "unpack it by hand, then give the folder"
        );
    }
    if (member.hardlink != nullptr) return take_link(*path, member.hardlink, true);
    switch (member.type) {
        case AE_IFREG:
            return write_file(reader, *path);
        case AE_IFDIR:
            return {};
        case AE_IFLNK:
            return take_link(*path, member.symlink, false);
        default:
            return refuse(
                fmt::format("refused the member '{}': it is a device or a pipe", printable(raw))
            );
    }
}

/// No link is ever made: when all files are there it becomes a second name of the file it means.
core::Result<void> Extraction::take_link(const fs::path& path, const char* target, bool from_top) {
    const std::string_view text = target != nullptr ? target : "";
    auto place = parse_link_target(from_top ? fs::path() : path, text);
    if (!place) {
        return refuse(fmt::format(
            "refused the member '{}': it is a link to a place outside of the archive",
            printable(path.native())
        ));
    }
    if (auto claimed = claim(path); !claimed) return claimed;
    links_.push_back({.from = path, .target = std::move(*place)});
    return {};
}

core::Result<void> Extraction::claim(const fs::path& path) {
    if (path == "." || !taken_.insert(path).second) {
        return refuse(fmt::format(
            "refused the member '{}': there are two of that name", printable(path.native())
        ));
    }
    if (path.has_parent_path()) return make_folder(folder_ / path.parent_path());
    return {};
}

core::Result<void> Extraction::count_bytes(std::size_t bytes) {
    unpacked_bytes_ += bytes;
    if (unpacked_bytes_ > limits_.max_total_bytes) {
        return refuse(
            "refused: it unpacks to more than " + format_bytes(limits_.max_total_bytes),
            "it may be a zip bomb"
        );
    }
    const double ratio = static_cast<double>(unpacked_bytes_) / static_cast<double>(packed_bytes_);
    if (unpacked_bytes_ >= ratio_counts_from && ratio > limits_.max_ratio) {
        return refuse(
            fmt::format("refused: it unpacks to more than {} times its size", limits_.max_ratio),
            "it may be a zip bomb"
        );
    }
    return {};
}

core::Result<void> Extraction::write_file(ArchiveReader& reader, const fs::path& path) {
    if (auto claimed = claim(path); !claimed) return claimed;
    const fs::path to = folder_ / path;
    const UniqueFd fd(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd) return fail_errno("cannot create " + to.string());
    std::uint64_t size = 0;
    while (true) {
        const auto count = reader.read(buffer_.data(), buffer_.size());
        if (!count) {
            core::Error error = count.error();
            error.message += " (in the member '" + printable(path.native()) + "')";
            return std::unexpected(std::move(error));
        }
        if (*count == 0) break;
        if (auto counted = count_bytes(*count); !counted) return counted;
        if (auto written = write_all(fd, {buffer_.data(), *count}, to); !written) return written;
        size += *count;
    }
    files_.push_back({.path = path, .bytes = size});
    return {};
}

core::Result<void> Extraction::write_empty(const fs::path& path) {
    const UniqueFd fd(::open((folder_ / path).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!fd) return fail_errno("cannot create " + (folder_ / path).string());
    files_.push_back({.path = path, .bytes = 0});
    return {};
}

const FetchedFile* Extraction::find(const fs::path& path) const {
    const auto found = std::ranges::find(files_, path, &FetchedFile::path);
    return found == files_.end() ? nullptr : &*found;
}

core::Result<void> Extraction::resolve_links() {
    // A link may mean another link; each round resolves at least one or none is left that can be.
    for (bool progress = true; progress && !links_.empty();) {
        progress = false;
        for (auto link = links_.begin(); link != links_.end();) {
            const FetchedFile* const target = find(link->target);
            if (target == nullptr) {
                ++link;
                continue;
            }
            const std::uint64_t bytes = target->bytes;
            auto placed = place_file(folder_ / link->target, folder_ / link->from);
            if (!placed) return placed;
            files_.push_back({.path = link->from, .bytes = bytes});
            link = links_.erase(link);
            progress = true;
        }
    }
    if (links_.empty()) return {};
    return refuse(fmt::format(
        "refused the member '{}': it is a link to '{}', which is no file of the archive",
        printable(links_.front().from.native()),
        printable(links_.front().target.native())
    ));
}

/// Below the target, so that moving into place is a rename; the same for every try, so that what a
/// killed one left is swept.
fs::path scratch_of(const fs::path& into, const fs::path& archive) {
    std::error_code ignored;
    const std::string key = fs::absolute(archive, ignored).native();
    return into / (".extract-" + hash_text(HashKind::sha256, key).substr(0, 16));
}

core::Result<std::vector<FetchedFile>> unpack(
    const fs::path& archive,
    const std::string& name,
    const fs::path& into,
    const ExtractLimits& limits
) {
    const auto stamp = load_stamp(archive);
    if (!stamp) return std::unexpected(stamp.error());
    auto reader = ArchiveReader::open(archive);
    if (!reader) return std::unexpected(std::move(reader.error()));
    auto scratch = ScratchFolder::make(scratch_of(into, archive));
    if (!scratch) return std::unexpected(std::move(scratch.error()));
    Extraction extraction(scratch->path(), limits, stamp->size);
    if (auto done = extraction.run(*reader, name); !done) {
        return std::unexpected(std::move(done.error()));
    }
    if (auto moved = merge_folder(scratch->path(), into); !moved) {
        return std::unexpected(std::move(moved.error()));
    }
    std::vector<FetchedFile> files = extraction.files();
    for (auto& file : files) file.path = into / file.path;
    std::ranges::sort(files, {}, &FetchedFile::path);
    return files;
}

}  // namespace

core::Result<std::vector<FetchedFile>> extract_named(
    const fs::path& archive,
    const std::string& name,
    const fs::path& into,
    const ExtractLimits& limits
) {
    const Utf8Names utf8;
    auto files = unpack(archive, name, into, limits);
    if (!files && files.error().where.empty()) files.error().where = name;
    return files;
}

core::Result<std::vector<FetchedFile>> extract(
    const fs::path& archive, const fs::path& into, const ExtractLimits& limits
) {
    return extract_named(archive, archive.filename().string(), into, limits);
}

}  // namespace reel::fetch
