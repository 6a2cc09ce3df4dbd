#include <array>

#include "fuzz/targets.hpp"
#include "warehouse/types/field_encoder.hpp"

namespace reel::fuzz {

using namespace warehouse;

namespace {

struct Column {
    std::string_view type;
    std::string_view format;
};

constexpr std::array<Column, 24> columns{{
    {"smallint", ""},
    {"integer", ""},
    {"bigint", ""},
    {"numeric", ""},
    {"numeric(2,1)", ""},
    {"numeric(38,10)", ""},
    {"real", ""},
    {"double precision", ""},
    {"text", ""},
    {"varchar(5)", ""},
    {"char(3)", ""},
    {"boolean", ""},
    {"date", ""},
    {"date", "%d/%m/%y"},
    {"time", ""},
    {"timestamp", ""},
    {"timestamp", "%b %d %Y %I:%M %p"},
    {"timestamptz", ""},
    {"timestamptz", "epoch"},
    {"timestamptz", "epoch_ms"},
    {"uuid", ""},
    {"json", ""},
    {"jsonb", ""},
    {"bytea", ""},
}};

/// The column's length in front of its bytes, as binary COPY has it.
std::size_t length_of(std::string_view field) {
    std::size_t length = 0;
    for (const char c : field.substr(0, 4)) length = length << 8U | static_cast<unsigned char>(c);
    return length;
}

bool is_plain_ascii(std::string_view text) {
    for (const char c : text) {
        if (c == '\0' || static_cast<unsigned char>(c) >= 0x80) return false;
    }
    return true;
}

}  // namespace

/// The first byte chooses the column.
void field(std::string_view input) {
    if (input.empty()) return;
    const Column& column = columns.at(static_cast<unsigned char>(input[0]) % columns.size());
    const std::string_view text = input.substr(1);
    const auto type = parse_column_type(column.type);
    const auto encoder = FieldEncoder::make(*type, column.format);
    std::string exact;
    const bool is_value = encoder->encode(text, exact).has_value();
    demand(is_value || exact.empty(), "a refused value leaves bytes behind");
    if (is_value) {
        demand(
            exact.size() >= 4 && length_of(exact) == exact.size() - 4, "a field of wrong length"
        );
    }

    if (!is_plain_ascii(text)) return;
    const std::string bytes = std::string(text) + std::string(8, '7');
    const auto size = static_cast<std::uint32_t>(text.size());
    const PlainColumn plain = {.field = encoder->plain(), .empty_is_null = false};
    std::string quick(text.size() + PlainField::most_bytes + 8, '\0');
    char* const end = encode_plain({&plain, 1}, {bytes.data(), 0, &size, '\0'}, quick.data());
    if (end == nullptr) return;
    quick.resize(static_cast<std::size_t>(end - quick.data()));
    demand(is_value && quick == exact, "the quick encoder gives another field");
}

}  // namespace reel::fuzz
