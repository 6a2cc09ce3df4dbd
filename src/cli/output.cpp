#include "output.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "reel/core/yaml_text.hpp"

namespace reel::cli {

namespace {

using Cells = std::vector<std::string>;

struct CodePoint {
    std::uint32_t value = 0xFFFD;
    std::size_t bytes = 1;
};

CodePoint next_code_point(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t bytes = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (bytes == 1) return {first, 1};
    if (first < 0xC0 || bytes > text.size()) return {};
    std::uint32_t value = first & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    return {value, bytes};
}

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, std::uint32_t value) {
    return std::ranges::any_of(ranges, [value](const Range& range) {
        return value >= range.first && value <= range.last;
    });
}

std::size_t width_of(std::uint32_t value) {
    constexpr std::array<Range, 8> none{
        {{0x300, 0x36F},
         {0x483, 0x489},
         {0x591, 0x5BD},
         {0x610, 0x61A},
         {0x64B, 0x65F},
         {0x200B, 0x200F},
         {0x20D0, 0x20FF},
         {0xFE00, 0xFE0F}}
    };
    constexpr std::array<Range, 8> wide{
        {{0x1100, 0x115F},
         {0x2E80, 0x303E},
         {0x3041, 0xA4CF},
         {0xAC00, 0xD7A3},
         {0xF900, 0xFAFF},
         {0xFE30, 0xFE6F},
         {0xFF00, 0xFF60},
         {0x1F300, 0x1FAFF}}
    };
    if (value < none.front().first) return 1;  // nearly every one
    if (contains(none, value)) return 0;
    return contains(wide, value) || (value >= 0x20000 && value <= 0x3FFFD) ? 2 : 1;
}

/// Line ends and other control characters would break the table.
std::string single_line(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' '
    );
    return text;
}

std::vector<std::size_t> widths_of(const std::vector<Cells>& rows) {
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (const Cells& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(row[i]));
        }
    }
    return widths;
}

std::string line_of(
    const Cells& row, const std::vector<std::size_t>& widths, std::string_view separator
) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) line += separator;
        line += row[i];
        if (i + 1 < row.size()) line.append(widths[i] - display_width(row[i]), ' ');
    }
    while (line.ends_with(' ')) {
        line.pop_back();
    }
    return line + "\n";
}

std::string table_of(const std::vector<Cells>& rows) {
    const auto widths = widths_of(rows);
    std::string text = line_of(rows.front(), widths, " | ");
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (i > 0) text += "=+=";
        text.append(widths[i], '=');
    }
    text += "\n";
    for (std::size_t i = 1; i < rows.size(); ++i) {
        text += line_of(rows[i], widths, " | ");
    }
    return text;
}

std::string plain_of(std::vector<Cells> rows) {
    for (Cells& row : rows) {
        for (std::string& cell : row) {
            if (cell.empty()) cell = "-";  // so that columns can be counted
        }
    }
    const auto widths = widths_of(rows);
    std::string text;
    for (const Cells& row : rows) {
        text += line_of(row, widths, "  ");
    }
    return text;
}

std::string dump(const nlohmann::json& value, int indent = -1) {
    return value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// JSON is YAML: only plain words go without their quotes.
std::string yaml_value(const nlohmann::json& value) {
    if (value.is_string() && core::is_plain_yaml(value.get_ref<const std::string&>())) {
        return value.get<std::string>();
    }
    return dump(value);
}

std::string yaml_of(const nlohmann::json& objects) {
    if (objects.empty()) return "[]\n";
    std::string text;
    for (const nlohmann::json& object : objects) {
        bool first = true;
        for (const auto& [name, value] : object.items()) {
            text += first ? "- " : "  ";
            text +=
                (core::is_plain_yaml(name) ? name : dump(name)) + ": " + yaml_value(value) + "\n";
            first = false;
        }
    }
    return text;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const CodePoint point = next_code_point(text);
        width += width_of(point.value);
        text.remove_prefix(std::min(point.bytes, text.size()));
    }
    return width;
}

std::string fit_to_width(const std::string& text, std::size_t columns) {
    std::string fitted;
    std::size_t used = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        if (rest.starts_with('\x1b')) {
            const std::size_t end = std::min(rest.find('m'), rest.size() - 1) + 1;
            fitted += rest.substr(0, end);
            rest.remove_prefix(end);
            continue;
        }
        const CodePoint point = next_code_point(rest);
        used += width_of(point.value);
        if (used <= columns) fitted += rest.substr(0, point.bytes);
        rest.remove_prefix(std::min(point.bytes, rest.size()));
    }
    return fitted;
}

std::string cell_text(const nlohmann::json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return single_line(value.get<std::string>());
    const bool simple_list = value.is_array() && std::ranges::none_of(value, [](const auto& item) {
                                 return item.is_structured();
                             });
    if (!simple_list) return dump(value);
    std::string text;
    for (const nlohmann::json& item : value) {
        text += (text.empty() ? "" : ", ") + cell_text(item);
    }
    return text;
}

std::string render(
    const nlohmann::json& objects, const std::vector<std::string>& columns, Format format
) {
    if (format == Format::json) return dump(objects, 2) + "\n";
    if (format == Format::yaml) return yaml_of(objects);
    if (objects.empty()) return format == Format::plain ? "" : "No data found\n";
    std::vector<Cells> rows{columns};
    for (const nlohmann::json& object : objects) {
        Cells& row = rows.emplace_back();
        for (const std::string& column : columns) {
            row.push_back(cell_text(object.value(column, nlohmann::json())));
        }
    }
    return format == Format::table ? table_of(rows) : plain_of(std::move(rows));
}

std::string render_one(const nlohmann::json& object, Format format) {
    if (format == Format::json || format == Format::yaml) {
        return render(nlohmann::json::array({object}), {}, format);
    }
    nlohmann::json fields = nlohmann::json::array();
    for (const auto& [name, value] : object.items()) {
        fields.push_back({{"property_name", name}, {"property_value", value}});
    }
    return render(fields, {"property_name", "property_value"}, format);
}

}  // namespace reel::cli
