#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/fetch/unpack.hpp"
#include "warehouse/source/byte_source.hpp"
#include "warehouse/stage/locate.hpp"

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

/// A folder that goes with this object, and what is in it.
class PassingFolder final {
  public:
    /// Sweeps what a killed process left; whoever writes into it makes it.
    explicit PassingFolder(std::filesystem::path path) : path_(std::move(path)) { remove(); }
    PassingFolder(const PassingFolder&) = delete;
    PassingFolder& operator=(const PassingFolder&) = delete;
    ~PassingFolder() { remove(); }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    void remove() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path path_;
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
    /// The folder of the files lives as long as this.
    void keep(std::unique_ptr<PassingFolder> folder) { folder_ = std::move(folder); }
    /// How many streams there are.
    [[nodiscard]] std::size_t count() const;
    /// About how much they hold, unpacked.
    [[nodiscard]] std::uint64_t estimated_bytes() const { return estimated_bytes_; }

  private:
    struct File {
        LocatedFile at;
        std::uint64_t bytes = 0;
        fetch::Packing packing = fetch::Packing::none;
        std::set<std::string> members;  ///< wanted ones of an archive; else empty
    };

    [[nodiscard]] core::Result<void> add(LocatedFile file, const UnpackChoice& choice);
    [[nodiscard]] core::Result<void> add_members(File& file, const UnpackChoice& choice);
    [[nodiscard]] core::Result<std::optional<InputPart>> next_packed(const File& file);
    [[nodiscard]] static InputPart part_of(
        const File& file, const std::string& name, std::unique_ptr<ByteSource> bytes
    );

    std::unique_ptr<PassingFolder> folder_;
    std::vector<File> files_;
    std::uint64_t estimated_bytes_ = 0;
    std::size_t at_ = 0;
    std::unique_ptr<fetch::Unpacker> unpacker_;  ///< of the file at `at_`, once it was opened
};

}  // namespace reel::warehouse
