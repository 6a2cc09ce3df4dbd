#include "warehouse/identifiers.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

#include <fmt/format.h>

namespace reel::warehouse {

namespace {

constexpr std::size_t max_identifier_bytes = 63;

std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return out;
}

std::size_t edit_distance(const std::string& left, const std::string& right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t change = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row.back();
}

}  // namespace

std::string quote_identifier(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"') {
            out += '"';
        }
        out += c;
    }
    return out + "\"";
}

std::string quote_literal(std::string_view text) {
    const bool escapes = text.find('\\') != std::string_view::npos;
    std::string out = escapes ? "E'" : "'";
    for (const char c : text) {
        if (c == '\0') {
            continue;
        }
        if (c == '\'' || c == '\\') {
            out += c;
        }
        out += c;
    }
    return out + "'";
}

std::string quote_list(const std::vector<std::string>& names, std::string_view prefix) {
    std::string out;
    for (const auto& name : names) {
        out += fmt::format("{}{}{}", out.empty() ? "" : ", ", prefix, quote_identifier(name));
    }
    return out;
}

std::string TableName::quoted() const {
    return quote_identifier(schema) + "." + quote_identifier(table);
}

core::Result<TableName> parse_table_name(std::string_view text) {
    const auto dot = text.find('.');
    TableName name;
    if (dot == std::string_view::npos) {
        name = {"public", std::string(text)};
    } else {
        name = {std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
    }
    const auto fits = [](const std::string& part) {
        return !part.empty() && part.size() <= max_identifier_bytes &&
               part.find_first_of(".\"\n") == std::string::npos && part.find('\0') == part.npos;
    };
    if (!fits(name.schema) || !fits(name.table)) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("'{}' is not a table name", text),
            "write schema.table without quotes, each part of at most 63 bytes"
        );
    }
    return name;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string wanted = lowered(word);
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(wanted.size() / 3, 1) + 1;
    for (const auto& candidate : candidates) {
        const std::size_t distance = edit_distance(wanted, lowered(candidate));
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string comma_list(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string best = nearest(word, candidates);
    return best.empty() ? "" : fmt::format(" (did you mean '{}'?)", best);
}

}  // namespace reel::warehouse
