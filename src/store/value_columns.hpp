#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reel/postgres/database.hpp"
#include "reel/store/records.hpp"
#include "reel/store/run_store.hpp"
#include "row_input.hpp"

/// From records to parameters.
namespace reel::store {

/// `text` as Postgres takes it: bytes that are not UTF-8, and NULs, become U+FFFD.
[[nodiscard]] std::string clean_text(std::string_view text);

[[nodiscard]] postgres::Param text_value(std::string_view text);
/// text[]
[[nodiscard]] postgres::Param texts_value(const std::vector<std::string>& texts);
[[nodiscard]] postgres::Param number_value(std::int64_t number);
[[nodiscard]] postgres::Param optional_number_value(std::optional<std::int64_t> number);
/// Microseconds since 1970; reel.at_micros turns them into a timestamptz.
[[nodiscard]] postgres::Param time_value(std::optional<core::Timestamp> at);
/// NULL for none.
[[nodiscard]] postgres::Param state_value(core::TaskState state);

/// Limit and offset.
[[nodiscard]] postgres::Params page_values(const Page& page);

template <class Rows, class Get>
[[nodiscard]] std::vector<postgres::Param> values_of(const Rows& rows, Get get) {
    std::vector<postgres::Param> values;
    values.reserve(rows.size());
    for (const auto& row : rows) values.push_back(get(row));
    return values;
}

/// As an array.
template <class Rows, class Get>
[[nodiscard]] postgres::Param column_of(const Rows& rows, Get get) {
    return postgres::array_literal(values_of(rows, get));
}

/// In the order in which commit_sql.cpp names them.
[[nodiscard]] Columns run_columns(const std::vector<const RunRecord*>& runs);
[[nodiscard]] Columns task_columns(const std::vector<const TaskInstanceRecord*>& tasks);
/// With the states that they come from behind them.
[[nodiscard]] Columns run_change_columns(const std::vector<RunChange>& changes);
[[nodiscard]] Columns task_change_columns(const std::vector<TaskChange>& changes);
/// As postgres_history.cpp names them.
[[nodiscard]] Columns attempt_columns(const std::vector<AttemptRecord>& attempts);
[[nodiscard]] Columns xcom_columns(const std::vector<XComRecord>& xcoms);

/// One array per column.
[[nodiscard]] postgres::Params key_columns(const std::vector<core::TaskKey>& keys);

}  // namespace reel::store
