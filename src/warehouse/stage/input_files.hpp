#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/fetch/unpack.hpp"
#include "warehouse/source/byte_source.hpp"
#include "warehouse/stage/locate.hpp"
#include "warehouse/stage/passing_folder.hpp"

namespace reel::warehouse {

/// How files are read that may be packed.
struct UnpackChoice {
    std::string member;  ///< of archives: a name, a pattern, or empty for the only one
    /// What the file must be; `none` reads it as it is, unset goes by its first bytes.
    std::optional<fetch::Packing> packing;
};

/// One stream of records: a file, what is packed in one, or a member of an archive.
struct InputPart {
    std::string name;  ///< what reports and rejects call it: "a.csv.gz", "a.zip/b.csv"
    std::unique_ptr<ByteSource> bytes;
    std::string etag;              ///< of the file, where a server said one
    std::uint64_t file_bytes = 0;  ///< of the file as it lies there, packed or not
};

/// How far the streams of a source were read. Of packed files the packed bytes count, of archives
/// the unpacked ones of the members that are wanted.
struct ReadShare {
    std::uint64_t done = 0;
    std::uint64_t whole = 0;  ///< 0: nobody knows
};

/// The streams of a source one after the other. Nothing is unpacked to disk.
class InputFiles final {
  public:
    /// Looks at each file, so that what is missing or ambiguous shows before anything is loaded. A
    /// tar is read for that from front to back.
    [[nodiscard]] static core::Result<InputFiles> open(
        std::vector<LocatedFile> files, const UnpackChoice& choice
    );

    /// The next stream, which lives until the next call; none behind the last, when all checks of
    /// what the streams were packed in have passed. Errors say which file.
    [[nodiscard]] core::Result<std::optional<InputPart>> next();
    /// All of them come once more. No stream may be in use.
    void rewind();
    /// The folder of the files lives as long as this.
    void keep(std::unique_ptr<PassingFolder> folder) { folder_ = std::move(folder); }
    /// What the first of the files is called.
    [[nodiscard]] const std::string& first() const { return files_.front().at.name; }
    /// How many streams there are.
    [[nodiscard]] std::size_t count() const;
    [[nodiscard]] ReadShare share() const;
    /// What the streams' `file_bytes` add up to.
    [[nodiscard]] std::uint64_t file_bytes() const;
    /// About how much they hold, unpacked.
    [[nodiscard]] std::uint64_t estimated_bytes() const { return estimated_bytes_; }

  private:
    struct File {
        LocatedFile at;
        std::uint64_t bytes = 0;
        fetch::Packing packing = fetch::Packing::none;
        std::set<std::string> members = {};  ///< wanted ones of an archive; else empty
        std::uint64_t whole = 0;             ///< what ReadShare counts of it
    };

    [[nodiscard]] core::Result<void> add(LocatedFile file, const UnpackChoice& choice);
    [[nodiscard]] core::Result<void> add_members(File& file, const UnpackChoice& choice);
    [[nodiscard]] core::Result<std::optional<InputPart>> next_packed(const File& file);
    [[nodiscard]] InputPart part_of(
        const File& file, const std::string& name, std::unique_ptr<ByteSource> bytes
    );
    void end_file();

    std::unique_ptr<PassingFolder> folder_;
    std::vector<File> files_;
    std::uint64_t estimated_bytes_ = 0;
    std::uint64_t whole_ = 0;
    std::uint64_t done_before_ = 0;  ///< of the files before that at `at_`
    /// Bytes that streams gave of the file at `at_`; they point here.
    std::unique_ptr<std::uint64_t> given_ = std::make_unique<std::uint64_t>(0);
    std::size_t at_ = 0;
    bool is_plain_open_ = false;  ///< the stream of the file at `at_`, which is not packed
    std::unique_ptr<fetch::Unpacker> unpacker_;  ///< of the file at `at_`, once it was opened
};

}  // namespace reel::warehouse
