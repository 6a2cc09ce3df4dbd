#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/source/byte_source.hpp"

namespace reel::warehouse {

/// What a text file's bytes mean. `utf16` goes by the file's byte order mark, and is little-endian
/// where there is none.
enum class Encoding { utf8, utf16, utf16le, utf16be, latin1, windows1252 };

/// By a name that pandas, Postgres or iconv know, in any case: "utf-8", "latin1", "cp1252" …
[[nodiscard]] std::optional<Encoding> parse_encoding(std::string_view name);
/// "UTF-8", "windows-1252" …
[[nodiscard]] std::string_view to_string(Encoding encoding);
/// One name of each, as people may write it.
[[nodiscard]] const std::vector<std::string>& encoding_names();

/// The text as UTF-8. What has no meaning in its encoding (half of a surrogate pair, a byte that
/// windows-1252 does not have, half a character at the end) becomes bytes that are invalid UTF-8 as
/// well, at its place. A byte order mark is dropped.
class TranscodingSource final : public ByteSource {
  public:
    /// The inner source must outlive it.
    TranscodingSource(ByteSource& inner, Encoding encoding);
    [[nodiscard]] core::Result<std::size_t> read(std::span<std::byte> into) override;

  private:
    [[nodiscard]] core::Result<bool> fill();
    void decode(std::string_view bytes);
    void decode_utf16(std::string_view bytes);
    void decode_unit(char32_t unit);
    void finish();

    ByteSource& inner_;
    Encoding encoding_;
    std::vector<char> raw_;
    std::string text_;  ///< what was converted and not given out yet, from `given_` on
    std::size_t given_ = 0;
    std::optional<unsigned char> odd_byte_;  ///< the first of a unit that is not there yet
    std::optional<char32_t> high_;           ///< the first half of a surrogate pair
    bool begun_ = false;
    bool ended_ = false;
};

/// A file's bytes as UTF-8. Without a declared encoding it is UTF-8, or UTF-16 where the file says
/// so by its byte order mark. UTF-8 is passed on as it is, uncopied and unchecked.
class Utf8Source final : public ByteSource {
  public:
    /// The inner source must outlive it. Errors are its.
    [[nodiscard]] static core::Result<std::unique_ptr<Utf8Source>> open(
        ByteSource& inner, std::optional<Encoding> declared
    );
    [[nodiscard]] core::Result<std::size_t> read(std::span<std::byte> into) override;
    /// What the file is in, declared or found.
    [[nodiscard]] Encoding encoding() const { return encoding_; }

  private:
    Utf8Source(ByteSource& inner, std::string front)
        : front_(std::move(front)), all_(front_, inner) {}

    Encoding encoding_ = Encoding::utf8;
    std::string front_;
    ChainedSource all_;
    std::optional<TranscodingSource> transcoded_;
};

}  // namespace reel::warehouse
