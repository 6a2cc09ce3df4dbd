#pragma once

#include <cstddef>
#include <string>

#include "warehouse/literal/cursor.hpp"
#include "warehouse/literal/map_builder.hpp"

namespace reel::warehouse::literal {

/// Recursive descent over what ast.literal_eval accepts.
class PythonReader : public Cursor {
  public:
    using Cursor::Cursor;
    [[nodiscard]] Reading read();

  private:
    /// What stands before a string's first quote, and that quote.
    struct StringStart {
        bool raw = false;
        bool bytes = false;
        std::size_t prefix_size = 0;
        char quote = '\0';
    };

    /// Line breaks and comments count as blanks, as they do inside brackets. What repr() prints has
    /// one blank or none, and then a character that is neither.
    bool skip_blanks() {
        if (peek() == ' ') ++position_;
        const char c = peek();
        return (c > ' ' && c != '#' && c != '\\') || skip_all_blanks();
    }
    bool skip_all_blanks();
    bool skip_blanks_on_line();
    /// Inside brackets a line break ends nothing.
    bool skip_between() { return depth_ > 0 ? skip_blanks() : skip_blanks_on_line(); }
    bool skip_continuation();

    bool read_value(Value& out);
    bool read_top_level(Value& out);
    bool read_items(char closing, List& items, bool& has_comma);
    bool read_list(Value& out);
    bool read_parenthesis(Value& out);
    bool read_braces(Value& out);
    bool read_hashable(Value& out);
    bool read_map(MapBuilder& entries, Value& out);
    bool read_set(MapBuilder& items, Value& out);
    bool read_word(Value& out, bool is_signed);
    bool read_empty_set(Value& out);

    bool read_signed(Value& out);
    bool read_number(Value& out, bool negative);
    bool read_based_integer(Value& out, bool negative);
    bool read_digits(std::string& digits);
    bool finish_number(Value& out, std::string digits, bool negative);

    [[nodiscard]] bool find_string(StringStart& start) const;
    bool read_strings(Value& out, const StringStart& first);
    bool read_string(std::string& out, const StringStart& start);
    bool read_string_body(std::string& out, const StringStart& start, bool triple);
    bool read_line_break(std::string& out, std::size_t opened, bool triple);
    bool read_backslash(std::string& out, const StringStart& start);
    bool read_escape(std::string& out, bool bytes);
    bool read_unicode_escape(std::string& out);
    bool read_hex_escape(std::string& out, bool bytes);
    void read_octal_escape(std::string& out, bool bytes);

    bool hashable_ = false;  ///< whether the value that was read last may be a key
};

}  // namespace reel::warehouse::literal
