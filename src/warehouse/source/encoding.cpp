#include "warehouse/source/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "warehouse/types/ascii.hpp"
#include "warehouse/types/utf8.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t raw_bytes = 64U << 10U;
constexpr char32_t first_high_half = 0xD800;
constexpr char32_t first_low_half = 0xDC00;
constexpr char32_t after_halves = 0xE000;
constexpr char32_t mark = 0xFEFF;
constexpr char never_valid = '\xFF';

/// What windows-1252 means by 0x80 … 0x9F; 0 where it means nothing.
constexpr std::array<char16_t, 32> windows_1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178
};

struct EncodingName {
    std::string_view name;
    Encoding encoding;
};

/// The first of an encoding is the one that is shown.
constexpr std::array<EncodingName, 10> names = {
    {{"utf-8", Encoding::utf8},
     {"utf8", Encoding::utf8},
     {"utf-16", Encoding::utf16},
     {"utf-16le", Encoding::utf16le},
     {"utf-16be", Encoding::utf16be},
     {"latin-1", Encoding::latin1},
     {"latin1", Encoding::latin1},
     {"iso-8859-1", Encoding::latin1},
     {"windows-1252", Encoding::windows1252},
     {"cp1252", Encoding::windows1252}}
};

/// Half of a pair alone, in the form that UTF-8 forbids.
void append_half(std::string& out, char32_t half) {
    out += static_cast<char>(0xE0U | (half >> 12U));
    out += static_cast<char>(0x80U | ((half >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (half & 0x3FU));
}

void append_byte(std::string& out, unsigned char byte, Encoding encoding) {
    constexpr unsigned char first = 0x80;
    const bool is_special =
        encoding == Encoding::windows1252 && byte >= first && byte < first + windows_1252.size();
    if (!is_special) return append_utf8(out, byte);
    const char32_t meaning = windows_1252.at(byte - first);
    // The byte itself is no whole character of UTF-8.
    meaning == 0 ? out.push_back(static_cast<char>(byte)) : append_utf8(out, meaning);
}

}  // namespace

std::optional<Encoding> parse_encoding(std::string_view name) {
    const auto found = std::ranges::find_if(names, [name](const EncodingName& known) {
        return equals_ignoring_case(known.name, name);
    });
    if (found == names.end()) return std::nullopt;
    return found->encoding;
}

std::string_view to_string(Encoding encoding) {
    switch (encoding) {
        case Encoding::utf8:
            break;
        case Encoding::utf16:
        case Encoding::utf16le:
        case Encoding::utf16be:
            return "UTF-16";
        case Encoding::latin1:
            return "Latin-1";
        case Encoding::windows1252:
            return "windows-1252";
    }
    return "UTF-8";
}

const std::vector<std::string>& encoding_names() {
    static const std::vector<std::string> shown = {
        "utf-8", "utf-16", "utf-16le", "utf-16be", "latin-1", "windows-1252"
    };
    return shown;
}

TranscodingSource::TranscodingSource(ByteSource& inner, Encoding encoding)
    : inner_(inner), encoding_(encoding), raw_(raw_bytes) {}

core::Result<std::size_t> TranscodingSource::read(std::span<std::byte> into) {
    while (given_ == text_.size()) {
        const auto more = fill();
        if (!more) return std::unexpected(more.error());
        if (!*more) return 0;
    }
    const std::size_t size = std::min(into.size(), text_.size() - given_);
    std::memcpy(into.data(), text_.data() + given_, size);
    given_ += size;
    return size;
}

/// Converts the next piece; false at the end.
core::Result<bool> TranscodingSource::fill() {
    if (ended_) return false;
    const auto got = inner_.read(std::as_writable_bytes(std::span(raw_)));
    if (!got) return std::unexpected(got.error());
    text_.clear();
    given_ = 0;
    ended_ = *got == 0;
    ended_ ? finish() : decode({raw_.data(), *got});
    return true;
}

void TranscodingSource::decode(std::string_view bytes) {
    if (encoding_ == Encoding::utf8) {
        text_ = bytes;
    } else if (encoding_ == Encoding::latin1 || encoding_ == Encoding::windows1252) {
        for (const char byte : bytes) {
            append_byte(text_, static_cast<unsigned char>(byte), encoding_);
        }
    } else {
        decode_utf16(bytes);
    }
}

void TranscodingSource::decode_utf16(std::string_view bytes) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (!odd_byte_) {
            odd_byte_ = byte;
            continue;
        }
        const char32_t first = *std::exchange(odd_byte_, std::nullopt);
        const bool is_first = !std::exchange(begun_, true);
        if (is_first && encoding_ == Encoding::utf16) {
            const bool is_big = first == 0xFE && byte == 0xFF;
            encoding_ = is_big ? Encoding::utf16be : Encoding::utf16le;
        }
        const char32_t unit =
            encoding_ == Encoding::utf16be ? (first << 8U) | byte : (char32_t{byte} << 8U) | first;
        if (!is_first || unit != mark) decode_unit(unit);
    }
}

void TranscodingSource::decode_unit(char32_t unit) {
    const bool is_high = unit >= first_high_half && unit < first_low_half;
    const bool is_low = unit >= first_low_half && unit < after_halves;
    if (high_ && is_low) {
        const char32_t high = *std::exchange(high_, std::nullopt) - first_high_half;
        return append_utf8(text_, 0x10000 + (high << 10U) + (unit - first_low_half));
    }
    if (high_) append_half(text_, *std::exchange(high_, std::nullopt));
    if (is_high) {
        high_ = unit;
    } else if (is_low) {
        append_half(text_, unit);
    } else {
        append_utf8(text_, unit);
    }
}

void TranscodingSource::finish() {
    if (high_) append_half(text_, *high_);
    if (odd_byte_) text_ += never_valid;
}

core::Result<std::unique_ptr<Utf8Source>> Utf8Source::open(
    ByteSource& inner, std::optional<Encoding> declared
) {
    std::array<std::byte, 2> front{};
    std::size_t size = 0;
    while (!declared && size < front.size()) {
        const auto got = inner.read(std::span(front).subspan(size));
        if (!got) return std::unexpected(got.error());
        if (*got == 0) break;
        size += *got;
    }
    std::string begun(reinterpret_cast<const char*>(front.data()), size);
    const bool is_utf16 = begun == "\xFF\xFE" || begun == "\xFE\xFF";
    std::unique_ptr<Utf8Source> source(new Utf8Source(inner, std::move(begun)));
    source->encoding_ = declared.value_or(is_utf16 ? Encoding::utf16 : Encoding::utf8);
    if (source->encoding_ != Encoding::utf8) {
        source->transcoded_.emplace(source->all_, source->encoding_);
    }
    return source;
}

core::Result<std::size_t> Utf8Source::read(std::span<std::byte> into) {
    return transcoded_ ? transcoded_->read(into) : all_.read(into);
}

}  // namespace reel::warehouse
