#include "warehouse/stage/input_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "warehouse/failure.hpp"
#include "warehouse/source/members.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

using fetch::Packing;
using fetch::Unpacker;

/// Tables of numbers and text shrink to about this part.
constexpr std::uint64_t usual_ratio = 3;

/// The file that an unpacker stands at.
class UnpackedSource final : public ByteSource {
  public:
    explicit UnpackedSource(Unpacker& unpacker) : unpacker_(unpacker) {}
    core::Result<std::size_t> read(std::span<std::byte> into) override {
        return unpacker_.read(into);
    }

  private:
    Unpacker& unpacker_;
};

/// Counts what passes.
class CountedSource final : public ByteSource {
  public:
    CountedSource(std::unique_ptr<ByteSource> inner, std::uint64_t& count)
        : inner_(std::move(inner)), count_(count) {}
    core::Result<std::size_t> read(std::span<std::byte> into) override {
        const auto got = inner_->read(into);
        count_ += got.value_or(0);
        return got;
    }

  private:
    std::unique_ptr<ByteSource> inner_;
    std::uint64_t& count_;
};

core::Result<Packing> packing_of(const LocatedFile& file, const UnpackChoice& choice) {
    if (choice.packing == Packing::none) return Packing::none;
    const auto found = fetch::detect_packing(file.path);
    if (!found || !choice.packing || *found == *choice.packing) return found;
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format(
            "source.compression is {}, but the file is {}",
            fetch::to_string(*choice.packing),
            fetch::to_string(*found)
        ),
        "without source.compression the file's first bytes decide"
    );
}

}  // namespace

core::Result<InputFiles> InputFiles::open(
    std::vector<LocatedFile> files, const UnpackChoice& choice
) {
    InputFiles input;
    for (auto& file : files) {
        const std::string name = file.name;
        if (auto added = input.add(std::move(file), choice); !added) {
            return std::unexpected(at_file(std::move(added.error()), name));
        }
    }
    return input;
}

core::Result<void> InputFiles::add(LocatedFile at, const UnpackChoice& choice) {
    const auto packing = packing_of(at, choice);
    if (!packing) return std::unexpected(packing.error());
    std::error_code ignored;
    const std::uint64_t size = std::filesystem::file_size(at.path, ignored);
    File file{.at = std::move(at), .bytes = ignored ? 0 : size, .packing = *packing};
    file.whole = file.bytes;
    if (file.packing != Packing::none) {
        if (auto added = add_members(file, choice); !added) return added;
    }
    const bool is_estimate = file.packing != Packing::none && file.members.empty();
    estimated_bytes_ += is_estimate ? file.bytes * usual_ratio : file.whole;
    whole_ += file.whole;
    if (!choice.member.empty() && file.members.empty()) {
        return core::fail(
            core::Errc::invalid_argument,
            "source.member is given, but the file is no archive",
            "zip and tar files have members, packed in gzip, bzip2, xz or zstd or not"
        );
    }
    files_.push_back(std::move(file));
    return {};
}

core::Result<void> InputFiles::add_members(File& file, const UnpackChoice& choice) {
    auto unpacker = Unpacker::open(file.at.path);
    if (!unpacker) return std::unexpected(std::move(unpacker.error()));
    std::vector<std::string> names;
    std::map<std::string, std::uint64_t> sizes;
    for (;;) {
        auto name = unpacker->next();
        if (!name) return std::unexpected(std::move(name.error()));
        if (!*name) break;
        if ((*name)->empty()) return {};  // packed, but no archive
        sizes[**name] = unpacker->bytes().value_or(0);
        names.push_back(**std::move(name));
    }
    auto chosen = choose_members(names, choice.member);
    if (!chosen) return std::unexpected(std::move(chosen.error()));
    file.members.insert(chosen->begin(), chosen->end());
    file.whole = 0;
    for (const auto& member : file.members) file.whole += sizes[member];
    return {};
}

std::size_t InputFiles::count() const {
    std::size_t count = 0;
    for (const File& file : files_) count += std::max<std::size_t>(file.members.size(), 1);
    return count;
}

std::uint64_t InputFiles::file_bytes() const {
    std::uint64_t bytes = 0;
    for (const File& file : files_) {
        bytes += file.bytes * std::max<std::size_t>(file.members.size(), 1);
    }
    return bytes;
}

void InputFiles::rewind() {
    unpacker_.reset();
    is_plain_open_ = false;
    at_ = 0;
    done_before_ = 0;
    *given_ = 0;
}

core::Result<std::optional<InputPart>> InputFiles::next() {
    while (at_ < files_.size()) {
        const File& file = files_[at_];
        if (file.packing == Packing::none) {
            if (std::exchange(is_plain_open_, false)) {
                end_file();
                continue;
            }
            auto bytes = FileSource::open(file.at.path);
            if (!bytes) return std::unexpected(std::move(bytes.error()));
            is_plain_open_ = true;
            return part_of(file, file.at.name, *std::move(bytes));
        }
        auto part = next_packed(file);
        if (!part) return std::unexpected(at_file(std::move(part.error()), file.at.name));
        if (*part) return part;
        unpacker_.reset();
        end_file();
    }
    return std::nullopt;
}

void InputFiles::end_file() {
    done_before_ += files_[at_++].whole;
    *given_ = 0;
}

ReadShare InputFiles::share() const {
    if (at_ == files_.size()) return {done_before_, whole_};
    const File& file = files_[at_];
    const bool is_packed = file.packing != Packing::none && file.members.empty();
    const std::uint64_t done = !is_packed ? *given_ : unpacker_ ? unpacker_->used() : 0;
    return {done_before_ + std::min(done, file.whole), whole_};
}

core::Result<std::optional<InputPart>> InputFiles::next_packed(const File& file) {
    if (!unpacker_) {
        auto unpacker = Unpacker::open(file.at.path);
        if (!unpacker) return std::unexpected(std::move(unpacker.error()));
        unpacker_ = std::make_unique<Unpacker>(std::move(*unpacker));
    }
    for (;;) {
        auto name = unpacker_->next();
        if (!name) return std::unexpected(std::move(name.error()));
        if (!*name) return std::nullopt;
        const std::string& member = **name;
        if (!member.empty() && !file.members.contains(member)) continue;
        return part_of(
            file,
            member.empty() ? file.at.name : fmt::format("{}/{}", file.at.name, member),
            std::make_unique<UnpackedSource>(*unpacker_)
        );
    }
}

InputPart InputFiles::part_of(
    const File& file, const std::string& name, std::unique_ptr<ByteSource> bytes
) {
    auto counted = std::make_unique<CountedSource>(std::move(bytes), *given_);
    return {printable(name), std::move(counted), file.at.etag, file.bytes};
}

}  // namespace reel::warehouse
