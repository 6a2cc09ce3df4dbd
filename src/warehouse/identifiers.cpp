#include "warehouse/identifiers.hpp"

#include <fmt/format.h>

#include "reel/core/did_you_mean.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_identifier_bytes = 63;

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

std::string comma_list(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string question = core::did_you_mean(word, candidates);
    return question.empty() ? "" : fmt::format(" ({})", question);
}

}  // namespace reel::warehouse
