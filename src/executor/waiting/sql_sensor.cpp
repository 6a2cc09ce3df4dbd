#include "sql_sensor.hpp"

#include <fmt/format.h>

#include "executor/truth.hpp"
#include "reel/postgres/link.hpp"

namespace reel::executor {

Poke judge_rows(const postgres::Rows& rows, bool fail_on_empty) {
    if (rows.empty() || rows.columns().empty()) {
        const std::string words = "the query gave no row";
        return fail_on_empty ? look_failed(words + ", and fail_on_empty is set") : not_yet(words);
    }
    const postgres::Param& cell = rows.at(0, 0);
    const std::string words =
        fmt::format("the first cell is {}", cell ? "'" + *cell + "'" : "NULL");
    return cell && is_true_cell(*cell) ? met(words) : not_yet(words);
}

Poke look_by_sql(const SqlWish& wish) {
    try {
        postgres::Link link(wish.uri, "reel sensor");
        link.exec_script("set statement_timeout to 60000");
        postgres::LinkTransaction transaction(link);
        const postgres::Rows rows = link.exec_script(wish.sql);
        transaction.commit();
        return judge_rows(rows, wish.fail_on_empty);
    } catch (const postgres::DatabaseError& error) {
        const bool may_mend = error.kind() == postgres::FailureKind::transient;
        return may_mend ? not_yet(error.what()) : look_failed(error.what());
    }
}

}  // namespace reel::executor
