#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
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
    /// How many streams there are.
    [[nodiscard]] std::size_t count() const;
    /// About how much they hold, unpacked.
    [[nodiscard]] std::uint64_t estimated_bytes() const { return estimated_bytes_; }

  private:
    struct File {
        LocatedFile at;
        fetch::Packing packing = fetch::Packing::none;
        std::set<std::string> members;  ///< wanted ones of an archive; else empty
    };

    [[nodiscard]] core::Result<void> add(LocatedFile file, const UnpackChoice& choice);
    [[nodiscard]] core::Result<void> add_members(File& file, const UnpackChoice& choice);
    [[nodiscard]] core::Result<std::optional<InputPart>> next_packed(const File& file);

    std::vector<File> files_;
    std::uint64_t estimated_bytes_ = 0;
    std::size_t at_ = 0;
    std::unique_ptr<fetch::Unpacker> unpacker_;  ///< of the file at `at_`, once it was opened
};

}  // namespace reel::warehouse
