#pragma once

#include "reel/postgres/database.hpp"
#include "reel/store/records.hpp"

/// From rows to records. Each select list goes with the function of its name; tables are called r
/// (run), t (task instance), a (attempt) and x (XCom).
namespace reel::store {

inline constexpr std::string_view run_select = R"sql(
    r.dag_id, r.run_id, r.state, r.run_type, r.triggered_by, r.triggering_user, r.conf,
    reel.micros_of(r.logical_date), reel.micros_of(r.data_interval_start),
    reel.micros_of(r.data_interval_end), reel.micros_of(r.run_after), reel.micros_of(r.queued_at),
    reel.micros_of(r.start_date), reel.micros_of(r.end_date), r.note, r.dag_version,
    r.version_number)sql";

inline constexpr std::string_view task_select = R"sql(
    t.dag_id, t.run_id, t.task_id, t.map_index, t.state, t.try_number, t.max_tries, t.attempt,
    reel.micros_of(t.scheduled_at), reel.micros_of(t.queued_at), reel.micros_of(t.start_date),
    reel.micros_of(t.end_date), reel.micros_of(t.next_retry_at), t.operator_name, t.pool,
    t.pool_slots, t.priority_weight, t.queue, t.hostname, t.pid, t.message, t.note,
    t.rendered_map_index)sql";

inline constexpr std::string_view attempt_select = R"sql(
    a.attempt, a.dag_id, a.run_id, a.task_id, a.map_index, a.try_number, a.state,
    reel.micros_of(a.queued_at), reel.micros_of(a.start_date), reel.micros_of(a.end_date),
    a.hostname, a.pid, a.message)sql";

inline constexpr std::string_view xcom_select =
    "x.dag_id, x.run_id, x.task_id, x.map_index, x.name, x.value, reel.micros_of(x.at)";

/// Takes the columns of one row from left to right. A NULL where none may be throws
/// std::bad_optional_access: the select list and the reader have come apart.
class RowReader final {
  public:
    RowReader(const postgres::Rows& rows, std::size_t row) : rows_(rows), row_(row) {}

    [[nodiscard]] const postgres::Param& next() { return rows_.at(row_, column_++); }
    [[nodiscard]] std::string text() { return next().value(); }
    [[nodiscard]] std::int64_t number() { return std::stoll(next().value()); }
    [[nodiscard]] int small() { return std::stoi(next().value()); }
    [[nodiscard]] bool boolean() { return next().value() == "t"; }
    [[nodiscard]] core::Timestamp time() { return core::Timestamp(core::Duration(number())); }
    [[nodiscard]] std::optional<core::Timestamp> optional_time();
    [[nodiscard]] std::optional<int> optional_small();
    [[nodiscard]] core::TaskKey key();

  private:
    const postgres::Rows& rows_;
    std::size_t row_;
    std::size_t column_ = 0;
};

[[nodiscard]] RunRecord read_run(const postgres::Rows& rows, std::size_t row);
[[nodiscard]] TaskInstanceRecord read_task(const postgres::Rows& rows, std::size_t row);
[[nodiscard]] AttemptRecord read_attempt(const postgres::Rows& rows, std::size_t row);
[[nodiscard]] XComRecord read_xcom(const postgres::Rows& rows, std::size_t row);

/// The one number that `sql` gives.
[[nodiscard]] std::size_t count(
    postgres::Transaction& transaction, std::string_view sql, const postgres::Params& params = {}
);

template <class Read>
[[nodiscard]] auto read_all(const postgres::Rows& rows, Read read) {
    std::vector<decltype(read(rows, std::size_t{0}))> records;
    records.reserve(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) records.push_back(read(rows, row));
    return records;
}

}  // namespace reel::store
