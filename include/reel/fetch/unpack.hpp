#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::fetch {

/// What a file's bytes are packed in. Around a tar it is that which is outermost.
enum class Packing { none, gzip, bzip2, xz, zstd, zip, tar };

/// "gzip" …, "not packed" for none.
[[nodiscard]] std::string_view to_string(Packing packing);

/// By its first bytes; its name does not matter. An empty file is not packed.
[[nodiscard]] core::Result<Packing> detect_packing(const std::filesystem::path& file);

/// What is packed in one file, as streams that never lie on disk: the content of a packed file, or
/// the files of an archive one after the other. Memory is fixed, however large any of them is.
class Unpacker final {
  public:
    /// For a file that is packed.
    [[nodiscard]] static core::Result<Unpacker> open(const std::filesystem::path& file);
    Unpacker(Unpacker&&) noexcept;
    Unpacker& operator=(Unpacker&&) noexcept;
    ~Unpacker();

    /// Goes to the next file, in the order in which they stand there, and gives its name in the
    /// archive without "./"; it is empty for the content of a packed file. What desktops leave in
    /// archives, folders, links and devices are passed over. Nothing behind the last, when all
    /// checks that cover the whole have passed. Errors: corrupt_data where it is damaged or cut.
    [[nodiscard]] core::Result<std::optional<std::string>> next();
    /// Fills the front of `into` with a piece of that file; 0 at its end, when its own checks have
    /// passed. Errors: as `next`; unsupported for an encrypted one.
    [[nodiscard]] core::Result<std::size_t> read(std::span<std::byte> into);
    /// Of the file of an archive that `next` went to: how many bytes it will give, where the
    /// archive says so.
    [[nodiscard]] std::optional<std::uint64_t> bytes() const;
    /// How much of a packed file has been used so far; 0 of a zip or a plain tar.
    [[nodiscard]] std::uint64_t used() const;

  private:
    struct State;
    explicit Unpacker(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace reel::fetch
