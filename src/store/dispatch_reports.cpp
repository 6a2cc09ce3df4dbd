#include "dispatch_reports.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

// Each: $1 worker, $2 attempts, $3 reports. What is accepted comes back.
constexpr const char* report_starts = R"sql(
    update reel.dispatch d set started = i.body
    from unnest($2::bigint[], $3::text[]) as i(attempt, body)
    where d.attempt = i.attempt and d.worker = $1 and
        (d.state = 'claimed' or d.end_kind = 'reported')
    returning d.attempt)sql";
constexpr const char* report_ends = R"sql(
    update reel.dispatch d
    set state = 'ended', end_kind = 'reported', ended = i.body,
        ended_at = coalesce(d.ended_at, now())
    from unnest($2::bigint[], $3::text[]) as i(attempt, body)
    where d.attempt = i.attempt and d.worker = $1 and
        (d.state = 'claimed' or (d.end_kind = 'reported' and d.ended = i.body))
    returning d.attempt)sql";
/// Those of the reports that a row has taken.
std::set<core::AttemptId> write_some(
    postgres::Transaction& transaction,
    const char* sql,
    const WorkerId& worker,
    const std::vector<DispatchReport>& reports
) {
    using Report = const DispatchReport&;
    std::set<core::AttemptId> accepted;
    if (reports.empty()) return accepted;
    const postgres::Rows rows = transaction.exec(
        sql,
        {text_value(worker),
         column_of(reports, [](Report each) { return number_value(each.attempt); }),
         column_of(reports, [](Report each) { return text_value(each.body.text); })}
    );
    for (std::size_t row = 0; row < rows.size(); ++row) {
        accepted.insert(RowReader(rows, row).number());
    }
    return accepted;
}

}  // namespace

std::vector<core::AttemptId> write_reports(
    postgres::Transaction& transaction,
    const WorkerId& worker,
    const std::vector<DispatchReport>& reports
) {
    std::set<core::AttemptId> refused;
    const auto write = [&](ReportKind kind, const char* sql) {
        std::vector<DispatchReport> some;
        std::ranges::copy_if(reports, std::back_inserter(some), [kind](const auto& each) {
            return each.kind == kind;
        });
        const auto accepted = write_some(transaction, sql, worker, some);
        for (const DispatchReport& each : some) {
            if (!accepted.contains(each.attempt)) refused.insert(each.attempt);
        }
    };
    write(ReportKind::started, report_starts);
    write(ReportKind::ended, report_ends);
    return {refused.begin(), refused.end()};
}

}  // namespace reel::store
