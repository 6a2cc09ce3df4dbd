#include "warehouse/quality/import/soda_metrics.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"

namespace reel::warehouse::soda {

namespace {

constexpr std::array<std::string_view, 8> numbers{
    "avg", "min", "max", "sum", "stddev", "avg_length", "min_length", "max_length"
};

struct Format {
    std::string_view name;
    std::string_view pattern;
};

// Of the formats that Soda knows, those that say the same everywhere.
constexpr std::array formats{
    Format{"email", R"(^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$)"},
    Format{"uuid", "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"},
    Format{"integer", R"(^[+-]?\d+$)"},
    Format{"positive integer", R"(^\+?\d+$)"},
    Format{"negative integer", R"(^-\d+$)"},
    Format{"decimal", R"(^[+-]?(\d+([.,]\d*)?|[.,]\d+)$)"},
    Format{"date iso 8601", R"(^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$)"},
    Format{"date us", R"(^(0?[1-9]|1[0-2])[-./](0?[1-9]|[12]\d|3[01])[-./]\d{4}$)"},
    Format{"date eu", R"(^(0?[1-9]|[12]\d|3[01])[-./](0?[1-9]|1[0-2])[-./]\d{4}$)"},
    Format{"ip address", R"(^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)$)"},
};

Json with_body(const std::string& kind, Json body) {
    return {{kind, std::move(body)}};
}

std::string only_column(const MetricLine& line, NodeReader& config) {
    if (line.columns.size() != 1 || line.columns.front().empty()) {
        config.mistake("needs one column");
        return "";
    }
    return line.columns.front();
}

std::string literals(const Json& values) {
    std::string out;
    for (const auto& value : values) {
        out += (out.empty() ? "" : ", ") + quote_literal(scalar_text(value).value_or(""));
    }
    return out;
}

std::string format_pattern(NodeReader& config, const std::string& name) {
    const auto* const found = std::ranges::find(formats, name, &Format::name);
    if (found == formats.end()) {
        config.mistake(fmt::format("has the format '{}'; write it as 'valid regex'", name));
        return "";
    }
    return std::string(found->pattern);
}

/// What a value must keep to be valid, joined by AND.
std::string validity(const std::string& column, NodeReader& config) {
    const auto text = column + "::text";
    std::string all;
    const auto add = [&](const std::string& condition) {
        all += (all.empty() ? "" : " AND ") + condition;
    };
    if (const auto values = literals(config.scalars("valid values")); !values.empty()) {
        add(fmt::format("{} IN ({})", column, values));
    }
    if (const auto values = literals(config.scalars("invalid values")); !values.empty()) {
        add(fmt::format("{} NOT IN ({})", column, values));
    }
    if (const auto pattern = config.text("valid regex")) {
        add(fmt::format("{} ~ {}", text, quote_literal(*pattern)));
    }
    if (const auto pattern = config.text("invalid regex")) {
        add(fmt::format("{} !~ {}", text, quote_literal(*pattern)));
    }
    if (const auto name = config.text("valid format")) {
        add(fmt::format("{} ~ {}", text, quote_literal(format_pattern(config, *name))));
    }
    struct Bound {
        std::string_view key;
        std::string_view condition;
    };
    for (const auto& [key, condition] :
         {Bound{"valid min", "{0} >= {2}"},
          {"valid max", "{0} <= {2}"},
          {"valid length", "char_length({1}) = {2}"},
          {"valid min length", "char_length({1}) >= {2}"},
          {"valid max length", "char_length({1}) <= {2}"}}) {
        if (const auto value = config.text(key)) {
            add(fmt::format(fmt::runtime(condition), column, text, quote_literal(*value)));
        }
    }
    return all;
}

/// What counts as no value beside NULL; "" for nothing.
std::string missing(const std::string& column, NodeReader& config) {
    std::string any;
    if (const auto values = literals(config.scalars("missing values")); !values.empty()) {
        any = fmt::format("{}::text IN ({})", column, values);
    }
    if (const auto pattern = config.text("missing regex")) {
        any += fmt::format(
            "{}{}::text ~ {}", any.empty() ? "" : " OR ", column, quote_literal(*pattern)
        );
    }
    return any;
}

Json missing_values(const MetricLine& line, NodeReader& config) {
    const auto name = only_column(line, config);
    const auto column = quote_identifier(name);
    const auto also = missing(column, config);
    if (also.empty()) {
        return with_body("not_null", {{"columns", Json::array({name})}});
    }
    const auto present = fmt::format("{} IS NOT NULL AND NOT ({})", column, also);
    return with_body("expression", {{"expression", present}});
}

Json invalid_values(const MetricLine& line, NodeReader& config) {
    const auto column = quote_identifier(only_column(line, config));
    const auto also = missing(column, config);
    auto valid = validity(column, config);
    if (valid.empty()) {
        config.mistake("says nowhere what is valid ('valid values', 'valid regex' …)");
    }
    if (!also.empty()) {
        valid = fmt::format("({}) OR ({})", also, valid);
    }
    return with_body("expression", {{"expression", valid}});
}

/// What `change` compares; "" for what it does not know.
std::string changing_number(const MetricLine& line) {
    if (line.metric == "row_count") {
        return line.metric;
    }
    const auto column = line.columns.empty() ? "" : line.columns.front();
    if (line.metric == "missing_count") {
        return fmt::format("null_count({})", column);
    }
    if (line.metric == "missing_percent") {
        return fmt::format("null_share({})", column);
    }
    const bool known = std::ranges::find(numbers, line.metric) != numbers.end();
    return known ? fmt::format("{}({})", line.metric, column) : "";
}

std::optional<Json> changed(const MetricLine& line, NodeReader& config) {
    const auto of = changing_number(line);
    if (of.empty()) {
        config.mistake(fmt::format("compares '{}', which is not known here", line.metric));
        return std::nullopt;
    }
    Json body{{"of", of}};
    if (line.change->runs > 0) {
        body["against"] = "mean";
        body["runs"] = line.change->runs;
    }
    return with_body("change", body);
}

}  // namespace

std::optional<Json> translate_metric(const MetricLine& line, NodeReader& config) {
    if (line.change) {
        return changed(line, config);
    }
    const auto& metric = line.metric;
    if (metric == "row_count") {
        return with_body("row_count", Json::object());
    }
    if (metric == "missing_count" || metric == "missing_percent") {
        return missing_values(line, config);
    }
    if (metric == "invalid_count" || metric == "invalid_percent") {
        return invalid_values(line, config);
    }
    if (metric == "duplicate_count") {
        return with_body("unique", {{"columns", line.columns}});
    }
    if (metric == "freshness") {
        return with_body("freshness", {{"column", only_column(line, config)}});
    }
    if (std::ranges::find(numbers, metric) != numbers.end()) {
        const auto of = fmt::format("{}({})", metric, only_column(line, config));
        return with_body("aggregate", {{"of", of}});
    }
    config.mistake(fmt::format("is of the metric '{}', which is not known here", metric));
    return std::nullopt;
}

Json translate_schema(NodeReader& when) {
    Json columns = Json::object();
    for (const auto& name : when.scalars("when required column missing")) {
        columns[scalar_text(name).value_or("")] = Json();
    }
    if (const auto* const types = when.find("when wrong column type")) {
        for (const auto& entry : types->entries) {
            columns[entry.key] = entry.value.text;
        }
    }
    Json body = Json::object();
    if (!columns.empty()) {
        body["columns"] = columns;
    }
    if (const auto names = when.scalars("when forbidden column present"); !names.empty()) {
        body["forbidden"] = names;
    }
    when.finish();
    return with_body("schema", body);
}

}  // namespace reel::warehouse::soda
