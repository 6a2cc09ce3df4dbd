#include "warehouse/types/plain_field.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {
namespace {

FieldEncoder encoder_of(const std::string& type, const std::string& format = {}) {
    return FieldEncoder::make(parse_column_type(type).value(), format).value();
}

/// The field, or "-" when the text is not plain.
std::string plain(const FieldEncoder& encoder, std::string_view text) {
    const std::string bytes = std::string(text) + std::string(8, '7');
    const auto size = static_cast<std::uint32_t>(text.size());
    const PlainColumn column = {.field = encoder.plain(), .empty_is_null = false};
    std::array<char, 200> into = {};
    char* const end = encode_plain({&column, 1}, {bytes.data(), 0, &size, '\0'}, into.data());
    return end == nullptr ? "-" : std::string(into.data(), end);
}

std::string slow(const FieldEncoder& encoder, std::string_view text) {
    std::string out;
    return encoder.encode(text, out) ? out : "-";
}

struct PlainCase {
    std::string type;
    std::string format;
    std::vector<std::string> plain;
    std::vector<std::string> other;  ///< values or not, they are FieldEncoder's
};

class PlainFieldOf : public testing::TestWithParam<PlainCase> {};

TEST_P(PlainFieldOf, EncodesPlainSpellingsAsTheEncoderDoes) {
    const auto encoder = encoder_of(GetParam().type, GetParam().format);
    for (const auto& text : GetParam().plain) {
        EXPECT_NE(plain(encoder, text), "-") << text;
        EXPECT_EQ(plain(encoder, text), slow(encoder, text)) << text;
    }
    for (const auto& text : GetParam().other) EXPECT_EQ(plain(encoder, text), "-") << text;
}

INSTANTIATE_TEST_SUITE_P(
    Types,
    PlainFieldOf,
    testing::Values(
        PlainCase{
            "smallint",
            "",
            {"0", "-0", "9999", "-9999", "007"},
            {"", "-", "32768", "1.0", " 1", "+1"}
        },
        PlainCase{
            "integer",
            "",
            {"0", "1", "12345678", "123456789", "-999999999"},
            {"", "-", "--1", "2147483648", "1 ", "1e3", "1/2", "1:2", "\x7F", "12345678901234567"}
        },
        PlainCase{
            "bigint",
            "",
            {"9", "1234567890123456", "-1234567890123456"},
            {"12345678901234567", "1,2"}
        },
        PlainCase{
            "real",
            "",
            {"0", "-0", "3.5", "0.1", "16777216", "-12.345"},
            {"", ".5", "5.", "1e3", "nan", "16777217", "1.2.3"}
        },
        PlainCase{
            "double precision",
            "",
            {"0.1", "123456789012345", "-1.00000000000001"},
            {"1234567890123456", "inf", "+1"}
        },
        PlainCase{
            "numeric(2,1)",
            "",
            {"0", "0.0", "-0.0", "3.5", "-4", "9.9", "05.0"},
            {"10", "3.55", "9.95", "", ".5", "nan"}
        },
        PlainCase{
            "numeric",
            "",
            {"0", "0.0001", "12345678.1234", "10000", "99999999.5"},
            {"1.23456", "1e3", "100000000.5"}
        },
        PlainCase{
            "numeric(12,4)",
            "",
            {"12345678.9", "-10000.0001", "100", "0.5"},
            {"123456789", "0.00001"}
        },
        PlainCase{"boolean", "", {"1", "0", "t", "f", "true", "False"}, {"", "TRUE", "yes", "2"}},
        PlainCase{"text", "", {"", "a", "a longer text, with blanks "}, {}},
        PlainCase{"varchar(3)", "", {"", "abc"}, {"abcd"}},
        PlainCase{
            "date",
            "",
            {"1995-10-30", "2000-02-29", "0001-01-01", "9999-12-31"},
            {"1995-10-31x", "1995-02-30", "0000-01-01", "1995-1-1", "1995/10/30"}
        },
        PlainCase{
            "timestamptz",
            "",
            {"1995-10-30 00:00:00", "2016-02-29T23:59:59"},
            {"1995-10-30",
             "1995-10-30 24:00:00",
             "1995-10-30 10:00:60",
             "1995-10-30 10:00",
             "1995-10-30 10:00:00Z"}
        },
        PlainCase{
            "timestamp",
            "epoch",
            {"0", "820454400", "99999999999"},
            {"-1", "1.5", "", "100000000000"}
        },
        PlainCase{
            "timestamptz", "epoch_ms", {"0", "820454400123"}, {"-1", "1.5", "100000000000000"}
        },
        PlainCase{"date", "epoch", {}, {"0"}},
        PlainCase{"date", "%d.%m.%Y", {}, {"30.10.1995", "1995-10-30"}},
        PlainCase{"uuid", "", {}, {"6f1c2f9e-0b1a-4c4e-9d0a-2f6b0e4c8a11"}}
    )
);

TEST(PlainField, NeverDisagreesWithTheEncoder) {
    std::mt19937 random(21);
    const std::vector<std::pair<std::string, std::string>> columns = {
        {"smallint", ""},
        {"integer", ""},
        {"bigint", ""},
        {"real", ""},
        {"double precision", ""},
        {"numeric", ""},
        {"numeric(2,1)", ""},
        {"numeric(7,4)", ""},
        {"numeric(15,2)", ""},
        {"boolean", ""},
        {"varchar(5)", ""},
        {"date", ""},
        {"timestamp", ""},
        {"timestamptz", "epoch"},
        {"timestamp", "epoch_ms"}
    };
    std::size_t encoded = 0;
    for (const auto& [type, format] : columns) {
        const auto encoder = encoder_of(type, format);
        for (int round = 0; round < 4'000; ++round) {
            std::string text;
            const std::string_view alphabet = round % 3 == 0 ? "0123456789" : "0123456789.-: Te";
            for (auto size = random() % 18; size > 0; --size)
                text += alphabet[random() % alphabet.size()];
            const std::string field = plain(encoder, text);
            if (field == "-") continue;
            ++encoded;
            ASSERT_EQ(field, slow(encoder, text)) << type << ' ' << format << ": " << text;
        }
    }
    EXPECT_GT(encoded, 10'000U);
}

TEST(PlainField, KnowsEveryDayOfFourCenturies) {
    const auto encoder = encoder_of("date");
    for (int year = 1900; year < 2300; year += 1) {
        for (int month = 1; month <= 12; ++month) {
            for (const int day : {1, 28, 29, 30, 31}) {
                std::array<char, 16> text = {};
                std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", year, month, day);
                ASSERT_EQ(plain(encoder, text.data()), slow(encoder, text.data())) << text.data();
            }
        }
    }
}

}  // namespace
}  // namespace reel::warehouse
