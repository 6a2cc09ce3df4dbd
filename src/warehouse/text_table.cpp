#include "warehouse/text_table.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace reel::warehouse {

namespace {

constexpr std::size_t max_cell_width = 60;

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return !continues(c);
    }));
}

bool looks_numeric(std::string_view cell) {
    return cell.find_first_of("0123456789") != std::string_view::npos &&
           cell.find_first_not_of("0123456789.,-+%eE") == std::string_view::npos;
}

std::string one_line(std::string_view cell) {
    std::string out(cell);
    std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return shortened(out, max_cell_width);
}

std::string padded(const std::string& cell, std::size_t width, bool right) {
    const std::string blanks(width - width_of(cell), ' ');
    return right ? blanks + cell : cell + blanks;
}

std::string without_trailing_blanks(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

/// Length of the valid UTF-8 sequence at the front of `bytes`; 0 where there is none.
std::size_t sequence_length(std::string_view bytes) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned lead = at(0);
    if (lead < 0x80) {
        return 1;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if (!continues(bytes[i])) {
            return 0;
        }
    }
    const bool overlong = (lead == 0xE0 && at(1) < 0xA0) || (lead == 0xF0 && at(1) < 0x90);
    const bool outside = (lead == 0xED && at(1) > 0x9F) || (lead == 0xF4 && at(1) > 0x8F);
    return overlong || outside ? 0 : length;
}

}  // namespace

std::vector<std::string> TextTable::lines() const {
    const std::size_t columns = header_.size();
    std::vector<std::vector<std::string>> cells;
    std::vector<std::size_t> widths(columns);
    std::vector<char> right(columns, rows_.empty() ? 0 : 1);
    for (std::size_t c = 0; c < columns; ++c) {
        widths[c] = width_of(header_[c]);
    }
    for (const auto& row : rows_) {
        auto& line = cells.emplace_back(columns);
        for (std::size_t c = 0; c < columns && c < row.size(); ++c) {
            line[c] = one_line(row[c]);
            widths[c] = std::max(widths[c], width_of(line[c]));
            if (!line[c].empty() && !looks_numeric(line[c])) {
                right[c] = 0;
            }
        }
    }
    const auto joined = [&](const std::vector<std::string>& row) {
        std::string line;
        for (std::size_t c = 0; c < columns; ++c) {
            line += (c == 0 ? "" : "  ") + padded(row[c], widths[c], right[c] != 0);
        }
        return without_trailing_blanks(line);
    };
    std::vector<std::string> rule;
    rule.reserve(columns);
    for (const std::size_t width : widths) {
        rule.emplace_back(width, '-');
    }
    std::vector<std::string> out{joined(header_), joined(rule)};
    for (const auto& row : cells) {
        out.push_back(joined(row));
    }
    return out;
}

std::string grouped(std::int64_t number) {
    std::string digits = fmt::format("{}", number);
    const std::size_t first = digits.front() == '-' ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string readable_bytes(std::uint64_t bytes) {
    constexpr std::array units{"kB", "MB", "GB", "TB"};
    if (bytes < 1000) {
        return fmt::format("{} B", bytes);
    }
    double amount = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    while (amount >= 999.95 && unit + 1 < units.size()) {
        amount /= 1000;
        ++unit;
    }
    return fmt::format("{:.1f} {}", amount, units.at(unit));
}

std::string shortened(std::string_view text, std::size_t limit) {
    if (width_of(text) <= limit) {
        return std::string(text);
    }
    std::size_t seen = 0;
    std::size_t end = 0;
    while (end < text.size() && (seen < limit - 1 || continues(text[end]))) {
        if (!continues(text[end])) {
            ++seen;
        }
        ++end;
    }
    return std::string(text.substr(0, end)) + "…";
}

std::string printable(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        const auto byte = static_cast<unsigned char>(bytes.front());
        const bool control = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
        if (length == 0 || control) {
            out += fmt::format("\\x{:02x}", byte);
            bytes.remove_prefix(1);
            continue;
        }
        out += bytes.substr(0, length);
        bytes.remove_prefix(length);
    }
    return out;
}

}  // namespace reel::warehouse
