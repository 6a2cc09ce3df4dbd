#include "warehouse/stage/spec.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>

#include <fmt/format.h>

#include "warehouse/args.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/stage/new_columns.hpp"
#include "warehouse/stage/source_spec.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_identifier_bytes = 63;
constexpr std::size_t max_columns = 1600;

void check_identifier(const std::string& name, const std::string& path, Mistakes& mistakes) {
    if (name.empty() || name.size() > max_identifier_bytes || name.find('\0') != name.npos) {
        mistakes.add(path, "a name of 1 to 63 bytes was expected");
    }
}

std::optional<FieldEncoder> parse_encoder(ArgReader& reader) {
    const std::string type_text = reader.text("type").value_or("text");
    const std::string format = reader.text("format").value_or("");
    const auto type = parse_column_type(type_text);
    if (!type) {
        reader.mistake("type", type.error());
        return std::nullopt;
    }
    auto encoder = FieldEncoder::make(*type, format);
    if (!encoder) {
        reader.mistake("format", encoder.error());
        return std::nullopt;
    }
    return *std::move(encoder);
}

std::optional<ColumnSpec> parse_column(
    const std::string& name, const Json& value, const std::string& path, Mistakes& mistakes
) {
    check_identifier(name, path, mistakes);
    if (name == hidden_row_column) {
        mistakes.add(path, "the name is taken by the loader");
    }
    // `title: text` is short for `title: {type: text}`.
    const Json object = value.is_string() ? Json{{"type", value}} : value;
    ArgReader reader(object, path, mistakes);
    auto from = reader.names("from");
    auto encoder = parse_encoder(reader);
    const bool not_null = reader.flag("not_null").value_or(false);
    const auto empty_as_null = reader.flag("empty_as_null");
    auto null_values = reader.names("null_values");
    reader.finish();
    if (!encoder) {
        return std::nullopt;
    }
    if (from.empty()) {
        from = {name};
    }
    return ColumnSpec{
        name, std::move(from), *std::move(encoder), not_null, empty_as_null, std::move(null_values)
    };
}

void check_key(const StageTableSpec& table, ArgReader& reader) {
    for (const auto& part : table.key) {
        const auto column = std::ranges::find(table.columns, part, &ColumnSpec::name);
        if (column == table.columns.end()) {
            const auto view = table.columns | std::views::transform(&ColumnSpec::name);
            const std::vector<std::string> names(view.begin(), view.end());
            reader.mistake("key", fmt::format("no column '{}'{}", part, did_you_mean(part, names)));
        } else if (column->encoder.type().base == BaseType::json) {
            reader.mistake("key", fmt::format("'{}' is json, which has no equality", part));
        }
    }
}

StageTableSpec parse_table(const std::string& name, const Json& value, Mistakes& mistakes) {
    StageTableSpec table;
    table.name = name;
    ArgReader reader(value, "tables." + name, mistakes);
    check_identifier(name, reader.path(), mistakes);
    table.each = reader.names("each");
    table.key = reader.names("key");
    table.contract = parse_contract(reader, mistakes);
    const std::size_t before = mistakes.count();
    if (const Json* columns = reader.required_object("columns")) {
        for (const auto& [column, spec] : columns->items()) {
            const auto path = fmt::format("{}.{}", reader.path_of("columns"), column);
            if (auto parsed = parse_column(column, spec, path, mistakes)) {
                table.columns.push_back(*std::move(parsed));
            }
        }
        if (columns->size() >= max_columns) {
            reader.mistake("columns", "Postgres has room for fewer than 1,600 columns");
        }
    }
    if (before == mistakes.count()) {
        check_key(table, reader);
    }
    if (const Json* checks = reader.find("checks")) {
        table.checks = checks->dump();
    }
    reader.finish();
    return table;
}

void parse_rejects(ArgReader& args, Mistakes& mistakes, StageSpec& spec) {
    const Json* rejects = args.find("rejects");
    if (rejects == nullptr) {
        return;
    }
    // `rejects: 1%` is short for `rejects: {max: 1%}`.
    const Json object = rejects->is_object() ? *rejects : Json{{"max", *rejects}};
    ArgReader reader(object, "rejects", mistakes);
    if (const auto text = reader.text("max")) {
        const auto limit = parse_reject_limit(*text);
        limit ? void(spec.rejects = *limit) : reader.mistake("max", limit.error());
    }
    reader.finish();
}

}  // namespace

std::string RejectLimit::readable() const {
    return share ? fmt::format("{:g}%", *share * 100) : fmt::format("{}", count);
}

core::Result<RejectLimit> parse_reject_limit(std::string_view text) {
    const bool percent = text.ends_with('%');
    std::string_view digits = percent ? text.substr(0, text.size() - 1) : text;
    while (!digits.empty() && digits.back() == ' ') {
        digits.remove_suffix(1);
    }
    const char* const begin = digits.begin();
    const char* const end = digits.end();
    RejectLimit limit;
    double number = 0;
    const auto parsed =
        percent ? std::from_chars(begin, end, number) : std::from_chars(begin, end, limit.count);
    const bool fits = parsed.ec == std::errc{} && parsed.ptr == end && number >= 0 && number <= 100;
    if (digits.empty() || !fits) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("'{}' is neither a count (12) nor a share (1%)", text)
        );
    }
    if (percent) {
        limit.share = number / 100;
    }
    return limit;
}

core::Result<StageSpec> parse_stage_spec(const core::JsonText& args) {
    const auto object = parse_args(args, "stage");
    if (!object) {
        return std::unexpected(object.error());
    }
    Mistakes mistakes;
    StageSpec spec;
    ArgReader reader(*object, "", mistakes);
    const auto null_values = parse_source(reader, mistakes, spec);
    parse_rejects(reader, mistakes, spec);
    if (const Json* tables = reader.required_object("tables")) {
        for (const auto& [name, table] : tables->items()) {
            spec.tables.push_back(parse_table(name, table, mistakes));
        }
    }
    apply_to_columns(spec, null_values, mistakes);
    check_contracts(spec, mistakes);
    static_cast<void>(reader.find("conn_id"));
    reader.finish();
    if (!mistakes.empty()) {
        return std::unexpected(mistakes.to_error("stage"));
    }
    spec.asked = fmt::format("reel {}\n{}", REEL_VERSION, object->dump());
    return spec;
}

}  // namespace reel::warehouse
