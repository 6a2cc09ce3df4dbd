#include <fmt/format.h>

#include <algorithm>

#include "asset_event_rows.hpp"
#include "postgres_store.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

// Of each question: $1 number, $2 DAG, $3 run, $4 logical date; two ways to a run, each by an
// index. Of each wanted task: $5 number of its question, $6 task.
constexpr const char* read_states = R"sql(
    select q.n, r.state, t.task_id, coalesce(t.state, 'none')
    from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) as q(n, dag_id, run_id, at)
    cross join lateral (
        select * from reel.dag_run x where x.dag_id = q.dag_id and x.run_id = q.run_id
        union all
        select * from reel.dag_run x
        where q.run_id is null and x.dag_id = q.dag_id and x.logical_date = reel.at_micros(q.at)
    ) r
    left join (select distinct * from unnest($5::bigint[], $6::text[])) as w(n, task_id)
        on w.n = q.n
    left join reel.task_instance t
        on t.dag_id = r.dag_id and t.run_id = r.run_id and t.task_id = w.task_id
    order by q.n, t.id)sql";

// Of each question about an asset: $1 its number, $2 the URI.
constexpr std::string_view latest_events = R"sql(
    select q.n, {} from unnest($1::bigint[], $2::text[]) as q(n, uri)
    join reel.asset a on a.uri = q.uri
    cross join lateral (
        select * from reel.asset_event where asset_id = a.id order by id desc limit 1
    ) e)sql";

struct WantedTask {
    std::int64_t question = 0;
    const core::TaskId* task = nullptr;
};

postgres::Params state_params(const std::vector<StateQuestion>& questions) {
    std::vector<std::int64_t> numbers;
    std::vector<WantedTask> wanted;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        numbers.push_back(static_cast<std::int64_t>(i));
        for (const core::TaskId& task : questions[i].tasks) {
            wanted.push_back({static_cast<std::int64_t>(i), &task});
        }
    }
    const auto run_of = [](const StateQuestion& question) {
        return question.run_id ? text_value(question.run_id->str()) : postgres::Param();
    };
    return {
        column_of(numbers, [](std::int64_t number) { return number_value(number); }),
        column_of(
            questions, [](const auto& question) { return text_value(question.dag_id.str()); }
        ),
        column_of(questions, run_of),
        column_of(
            questions, [](const auto& question) { return time_value(question.logical_date); }
        ),
        column_of(wanted, [](const WantedTask& task) { return number_value(task.question); }),
        column_of(wanted, [](const WantedTask& task) { return text_value(task.task->str()); }),
    };
}

postgres::Params asset_params(const std::vector<StateQuestion>& questions) {
    std::vector<std::pair<std::int64_t, const std::string*>> wanted;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const auto& uri = questions[i].asset;
        if (uri) wanted.emplace_back(static_cast<std::int64_t>(i), &*uri);
    }
    return {
        column_of(wanted, [](const auto& one) { return number_value(one.first); }),
        column_of(wanted, [](const auto& one) { return text_value(*one.second); }),
    };
}

void find_events(
    postgres::Database& database,
    const std::vector<StateQuestion>& questions,
    std::vector<StateAnswer>& answers
) {
    const auto asks = [](const StateQuestion& question) { return question.asset.has_value(); };
    if (std::ranges::none_of(questions, asks)) return;
    const postgres::Rows rows = database.read(
        fmt::format(fmt::runtime(latest_events), event_select), asset_params(questions)
    );
    for (std::size_t row = 0; row < rows.size(); ++row) {
        RowReader reader(rows, row);
        StateAnswer& answer = answers.at(static_cast<std::size_t>(reader.number()));
        answer.event = read_asset_event(reader);
    }
}

}  // namespace

std::vector<StateAnswer> PostgresStore::find_states(const std::vector<StateQuestion>& questions) {
    std::vector<StateAnswer> answers(questions.size());
    find_events(*database_, questions, answers);
    const auto asks = [](const StateQuestion& question) { return !question.asset; };
    if (std::ranges::none_of(questions, asks)) return answers;
    const postgres::Rows rows = database_->read(read_states, state_params(questions));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        RowReader reader(rows, row);
        StateAnswer& answer = answers.at(static_cast<std::size_t>(reader.number()));
        answer.run = core::parse_run_state(reader.text());
        const postgres::Param& task = reader.next();
        if (!task) continue;
        answer.tasks.emplace_back(*task, core::parse_task_state(reader.text()).value());
    }
    return answers;
}

}  // namespace reel::store
