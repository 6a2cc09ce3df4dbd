#include "warehouse/stage/staging_sql.hpp"

#include <algorithm>
#include <array>
#include <ranges>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "warehouse/args.hpp"
#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_identifier_bytes = 63;
constexpr std::size_t hash_digits = 8;

/// Cut at a byte limit without splitting a UTF-8 sequence.
std::string cut(const std::string& text, std::size_t limit) {
    if (text.size() <= limit) {
        return text;
    }
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) {
        --limit;
    }
    return text.substr(0, limit);
}

bool is_not_null(const StageTableSpec& table, const ColumnSpec& column) {
    return column.not_null ||
           std::find(table.key.begin(), table.key.end(), column.name) != table.key.end();
}

}  // namespace

std::string short_hash(const std::string& text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::string hex;
    for (std::size_t i = 0; i < 8; ++i) {
        hex += fmt::format("{:02x}", digest.at(i));
    }
    return hex;
}

std::string made_by(const StageSpec& spec, const std::string& table) {
    return short_hash(fmt::format("{}\n{}", table, spec.asked));
}

std::string staging_name(const LoadIdentity& identity, const std::string& table) {
    const auto& key = identity.key;
    const auto whole = fmt::format(
        "{}\n{}\n{}\n{}\n{}",
        key.dag_id.str(),
        key.run_id.str(),
        key.task_id.str(),
        key.map_index,
        table
    );
    const auto tail =
        fmt::format("_{}_a{}", short_hash(whole).substr(0, hash_digits), identity.attempt);
    const auto head = fmt::format("{}_{}_{}", key.dag_id.str(), key.task_id.str(), table);
    return cut(head, max_identifier_bytes - tail.size()) + tail;
}

std::string staging_table(const LoadIdentity& identity, const std::string& table) {
    return TableName{"reel_staging", staging_name(identity, table)}.quoted();
}

std::string create_sql(const std::string& physical, const StageTableSpec& table) {
    std::string columns;
    for (const auto& column : table.columns) {
        columns += fmt::format(
            "{}{} {}{}",
            columns.empty() ? "" : ", ",
            quote_identifier(column.name),
            column.encoder.type().sql(),
            is_not_null(table, column) ? " NOT NULL" : ""
        );
    }
    if (!table.key.empty()) {
        columns += fmt::format(", {} bigint", quote_identifier(hidden_row_column));
    }
    return fmt::format("CREATE TABLE {} ({})", physical, columns);
}

std::string copy_sql(const std::string& physical, const StageTableSpec& table) {
    const auto view = table.columns | std::views::transform(&ColumnSpec::name);
    std::vector<std::string> names(view.begin(), view.end());
    if (!table.key.empty()) {
        names.emplace_back(hidden_row_column);
    }
    return fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", physical, quote_list(names));
}

std::string dedupe_sql(const std::string& physical, const std::vector<std::string>& key) {
    const auto row = quote_identifier(hidden_row_column);
    std::string matches;
    for (const auto& part : key) {
        const auto name = quote_identifier(part);
        matches += fmt::format("s.{} = d.{} AND ", name, name);
    }
    return fmt::format(
        "DELETE FROM {0} AS s USING (SELECT {1}, max({2}) AS {2} FROM {0} GROUP BY {1} "
        "HAVING count(*) > 1) AS d WHERE {3}coalesce(s.{2}, 0) < d.{2}",
        physical,
        quote_list(key),
        row,
        matches
    );
}

std::string dedupe_by_file_sql(const std::string& physical, const std::vector<std::string>& key) {
    return fmt::format(
        "WITH gone AS ({} RETURNING s.{} AS number) "
        "SELECT width_bucket(coalesce(number, 0), $1::bigint[]) AS file, count(*) AS rows FROM "
        "gone GROUP BY 1",
        dedupe_sql(physical, key),
        quote_identifier(hidden_row_column)
    );
}

std::string drop_hidden_column_sql(const std::string& physical) {
    return fmt::format(
        "ALTER TABLE {} DROP COLUMN {}", physical, quote_identifier(hidden_row_column)
    );
}

core::JsonText columns_json(const StageTableSpec& table) {
    Json columns = Json::array();
    for (const auto& column : table.columns) {
        columns.push_back(
            {{"name", column.name},
             {"type", column.encoder.type().sql()},
             {"not_null", is_not_null(table, column)}}
        );
    }
    return {columns.dump()};
}

core::JsonText key_json(const StageTableSpec& table) {
    return {Json(table.key).dump()};
}

}  // namespace reel::warehouse
