#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {

/// Reads what the server would read: written from the protocol's description, not from the encoder.
class WireReader {
  public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    std::int64_t integer(std::size_t size) {
        std::uint64_t value = 0;
        for (const char c : take(size)) value = (value << 8U) | static_cast<unsigned char>(c);
        const auto unused = static_cast<int>(64 - size * 8);
        return static_cast<std::int64_t>(value << unused) >> unused;
    }
    std::string_view take(std::size_t size) {
        if (rest_.size() < size) {
            ADD_FAILURE() << "the bytes end early";
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    /// A field's bytes, or nothing for NULL.
    std::optional<std::string> field() {
        const std::int64_t size = integer(4);
        if (size == -1) return std::nullopt;
        return std::string(take(static_cast<std::size_t>(size)));
    }
    /// As numeric's output shows it.
    std::string numeric() {
        const auto groups = static_cast<std::size_t>(integer(2));
        const std::int64_t weight = integer(2);
        const std::int64_t sign = integer(2) & 0xFFFF;
        const auto scale = static_cast<std::size_t>(integer(2));
        if (sign == 0xC000) return "NaN";
        std::string whole;
        std::string fraction;
        std::vector<std::int64_t> digits;
        digits.reserve(groups);
        for (std::size_t i = 0; i < groups; ++i) digits.push_back(integer(2));
        const auto group = [&](std::int64_t power) {
            const std::int64_t index = weight - power;
            const bool there = index >= 0 && index < static_cast<std::int64_t>(groups);
            const std::string text =
                std::to_string(there ? digits[static_cast<std::size_t>(index)] : 0);
            EXPECT_LE(text.size(), 4U);
            return std::string(4 - text.size(), '0') + text;
        };
        for (std::int64_t power = weight; power >= 0; --power) whole += group(power);
        for (std::int64_t power = -1; fraction.size() < scale; --power) fraction += group(power);
        fraction.resize(scale);
        whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
        if (whole.empty()) whole = "0";
        if (groups > 0) {
            EXPECT_NE(digits.front(), 0) << "leading zeros are not stored";
            EXPECT_NE(digits.back(), 0) << "trailing zeros are not stored";
        }
        return (sign == 0x4000 ? "-" : "") + whole + (scale > 0 ? "." + fraction : "");
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

/// The field of one value, without its length, or ! and why there is none.
template <class Input>
std::string encode_as(std::string_view type, const Input& input, std::string_view format = {}) {
    const auto encoder = FieldEncoder::make(parse_column_type(type).value(), format);
    if (!encoder) return '!' + encoder.error().message;
    std::string out = "before";
    const Encoded encoded = encoder->encode(input, out);
    if (!encoded) {
        EXPECT_EQ(out, "before") << "a failure leaves nothing behind";
        return '!' + encoded.error();
    }
    WireReader reader(std::string_view(out).substr(6));
    const auto field = reader.field();
    EXPECT_TRUE(reader.at_end());
    return field.value_or("NULL");
}

/// The field as an integer of its size, in decimal.
template <class Input>
std::string encode_integer(
    std::string_view type, const Input& input, std::string_view format = {}
) {
    std::string field = encode_as(type, input, format);
    if (field.starts_with('!')) return field;
    return std::to_string(WireReader(field).integer(field.size()));
}

}  // namespace reel::warehouse
