#include <gtest/gtest.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "literal_generated.hpp"
#include "warehouse/literal/parse.hpp"

namespace reel::warehouse::literal {
namespace {

std::string shortest(double value) {
    char digits[40] = {};
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    std::string text(digits, end);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

/// The code point at the front of well-formed text, which loses it.
char32_t take_code_point(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    text.remove_prefix(size);
    return code;
}

std::string hexadecimal(char32_t code, std::size_t digits) {
    std::string text;
    for (std::size_t i = digits; i > 0; --i) {
        text += "0123456789abcdef"[(code >> ((i - 1) * 4)) & 0xFU];
    }
    return text;
}

/// Writes Python as repr() does, or in any other of the spellings that mean the same.
class PythonPrinter {
  public:
    PythonPrinter(ValueMaker& choices, bool plain) : choices_(choices), plain_(plain) {}

    std::string print(const Value& value) { return std::visit(*this, value.data); }

    std::string operator()(Value::Null) { return "None"; }
    std::string operator()(bool value) { return value ? "True" : "False"; }
    std::string operator()(std::int64_t value) { return std::to_string(value); }
    std::string operator()(const Number& value) { return value.text; }
    std::string operator()(double value) { return shortest(value); }
    std::string operator()(const Bytes& value) {
        std::string text = "b'";
        for (const char c : value.data) {
            text += "\\x" + hexadecimal(static_cast<unsigned char>(c), 2);
        }
        return text + "'";
    }
    std::string operator()(const std::string& value) {
        if (choose(4) != 1 || value.size() < 4) return quote(value);
        std::size_t half = value.size() / 2;
        while ((static_cast<unsigned char>(value[half]) & 0xC0U) == 0x80U) --half;
        return "(" + quote(value.substr(0, half)) + blank() + quote(value.substr(half)) + ")";
    }
    std::string operator()(const List& value) {
        const bool tuple = choose(3) == 1;
        std::string text = tuple ? "(" : "[";
        for (std::size_t i = 0; i < value.size(); ++i) {
            text += blank() + print(value[i]) + blank();
            if (i + 1 < value.size() || (tuple && value.size() == 1)) text += ',';
        }
        if (value.size() > 1 && choose(2) == 1) text += ',';
        return text + blank() + (tuple ? ")" : "]");
    }
    std::string operator()(const Map& value) {
        std::string text = "{";
        for (std::size_t i = 0; i < value.size(); ++i) {
            text += blank() + print(value[i].key) + blank() + ':' + blank() + print(value[i].value);
            if (i + 1 < value.size() || choose(2) == 1) text += ',';
        }
        return text + blank() + "}";
    }

  private:
    std::size_t choose(std::size_t count) { return plain_ ? 0 : choices_.pick(count); }

    std::string blank() {
        static const std::string blanks[] = {"", " ", "\n", "\t", "# it's [\n", "\\\n", "\r\n"};
        return blanks[choose(7)];
    }

    std::string quote(const std::string& value) {
        static const std::string quotes[] = {"'", "\"", "'''", "\"\"\""};
        const std::string& quote = quotes[choose(4)];
        std::string text = std::string(choose(5) == 1 ? "u" : "") + quote;
        for (std::string_view rest = value; !rest.empty();) text += escape(take_code_point(rest));
        return text + quote;
    }

    std::string escape(char32_t code) {
        switch (code) {
            case '\n':
                return "\\n";
            case '\r':
                return "\\r";
            case '\'':
            case '"':
            case '\\':
                return std::string("\\") + static_cast<char>(code);
            default:
                break;
        }
        switch (choose(6)) {
            case 1:
                return "\\U" + hexadecimal(code, 8);
            case 2:
                return code < 0x10000 ? "\\u" + hexadecimal(code, 4) : raw(code);
            case 3:
                return code < 0x100 ? "\\x" + hexadecimal(code, 2) : raw(code);
            case 4:
                return raw(code) + "\\\n";
            default:
                return raw(code);
        }
    }

    static std::string raw(char32_t code) {
        const auto tail = [code](unsigned shift) {
            return static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
        };
        if (code < 0x80) return {static_cast<char>(code)};
        if (code < 0x800) return {static_cast<char>(0xC0U | code >> 6U), tail(0)};
        if (code < 0x10000) return {static_cast<char>(0xE0U | code >> 12U), tail(6), tail(0)};
        return {static_cast<char>(0xF0U | code >> 18U), tail(12), tail(6), tail(0)};
    }

    ValueMaker& choices_;
    bool plain_;
};

/// As nlohmann's library has it, to compare what to_json writes.
nlohmann::json convert(const Value& value) {
    if (value.is_null()) return nullptr;
    if (const auto* boolean = std::get_if<bool>(&value.data)) return *boolean;
    if (const auto* integer = std::get_if<std::int64_t>(&value.data)) return *integer;
    if (const auto* number = std::get_if<double>(&value.data)) return *number;
    if (const auto* text = value.text()) return *text;
    if (const List* items = value.list()) {
        auto array = nlohmann::json::array();
        for (const Value& item : *items) array.push_back(convert(item));
        return array;
    }
    auto object = nlohmann::json::object();
    for (const Entry& entry : *value.map()) object[*entry.key.text()] = convert(entry.value);
    return object;
}

TEST(LiteralRoundTrip, PythonsOwnSpellingComesBackAsItWas) {
    ValueMaker maker(1);
    PythonPrinter printer(maker, true);
    for (int round = 0; round < 300; ++round) {
        const Value value = maker.make(3);
        const std::string text = printer.print(value);
        const auto read = parse_python_literal(text);
        ASSERT_TRUE(read) << text << '\n' << read.error().message;
        EXPECT_EQ(*read, value) << text;
    }
}

TEST(LiteralRoundTrip, EveryOtherSpellingMeansTheSame) {
    ValueMaker maker(2);
    PythonPrinter printer(maker, false);
    for (int round = 0; round < 400; ++round) {
        const Value value{List{maker.make(3)}};
        const std::string text = printer.print(value);
        const auto read = parse_python_literal(text);
        ASSERT_TRUE(read) << text << '\n' << read.error().message;
        EXPECT_EQ(*read, value) << text;
    }
}

TEST(LiteralRoundTrip, JsonThatWasWrittenIsReadAsItWas) {
    ValueMaker maker(3);
    for (int round = 0; round < 300; ++round) {
        const Value value = maker.make(3);
        const auto read = parse_json(to_json(value));
        ASSERT_TRUE(read) << to_json(value) << '\n' << read.error().message;
        EXPECT_EQ(*read, value) << to_json(value);
    }
}

TEST(LiteralRoundTrip, AnotherLibraryReadsTheSameJson) {
    ValueMaker maker(4);
    for (int round = 0; round < 200; ++round) {
        const Value value = maker.make(3);
        EXPECT_EQ(nlohmann::json::parse(to_json(value)), convert(value)) << to_json(value);
    }
}

TEST(LiteralRoundTrip, AnotherLibrarysJsonIsUnderstood) {
    ValueMaker maker(5);
    for (int round = 0; round < 200; ++round) {
        const auto wanted = convert(maker.make(3));
        for (const bool ascii : {false, true}) {
            const std::string text = wanted.dump(round % 3 - 1, ' ', ascii);
            const auto read = parse_json(text);
            ASSERT_TRUE(read) << text << '\n' << read.error().message;
            EXPECT_EQ(convert(*read), wanted) << text;
        }
    }
}

TEST(LiteralRoundTrip, AListColumnTakesBothLanguages) {
    ValueMaker maker(6);
    PythonPrinter printer(maker, false);
    for (int round = 0; round < 150; ++round) {
        const Value value{List{maker.make(2), Value()}};
        EXPECT_EQ(parse_list_column(to_json(value)).value(), value);
        const std::string text = printer.print(value);
        EXPECT_EQ(parse_list_column(text).value(), value) << text;
    }
}

TEST(LiteralRoundTrip, EveryByteOfBytesComesBack) {
    ValueMaker maker(7);
    PythonPrinter printer(maker, true);
    std::string all;
    for (int code = 0; code < 256; ++code) all += static_cast<char>(code);
    const Value value{Bytes{all}};
    EXPECT_EQ(parse_python_literal(printer.print(value)).value(), value);
}

}  // namespace
}  // namespace reel::warehouse::literal
