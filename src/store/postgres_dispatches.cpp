#include <algorithm>
#include <utility>

#include "dispatch_reports.hpp"
#include "dispatch_rows.hpp"
#include "fence.hpp"
#include "reel/core/crash_point.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Params;
using postgres::Rows;
using postgres::Transaction;

// Of each offer: $1 attempt, $2 queue, $3 dag, $4 run, $5 task, $6 map index, $7 try, $8 DAG
// version, $9 priority
constexpr const char* insert_offers = R"sql(
    insert into reel.dispatch (attempt, queue, dag_id, run_id, task_id, map_index, try_number,
        dag_version, priority, state)
    select *, 'queued' from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[],
        $6::int[], $7::int[], $8::text[], $9::int[])
    on conflict (attempt) do nothing)sql";

// $1 attempts
constexpr const char* cancel_some = R"sql(
    update reel.dispatch
    set cancel_requested = true,
        end_kind = case state when 'queued' then 'cancelled' end,
        ended_at = case state when 'queued' then now() end,
        state = case state when 'queued' then 'ended' else state end
    where attempt = any($1::bigint[]) and state <> 'ended'
    returning state)sql";

// $1 attempts whose start is known, $2 whose end is known
constexpr const char* select_news = R"sql(
    select d.attempt, coalesce(d.worker, ''), d.started, d.end_kind, coalesce(d.ended, 'null'),
           reel.micros_of(d.ended_at)
    from reel.dispatch d
    where (d.started is not null or d.state = 'ended') and
        ((d.started is not null and d.attempt <> all($1::bigint[])) or
         (d.state = 'ended' and d.attempt <> all($2::bigint[])))
    order by d.attempt)sql";

constexpr const char* expire_some = R"sql(
    update reel.dispatch set state = 'ended', end_kind = 'expired', ended_at = now()
    where state = 'claimed' and lease_until < now())sql";

constexpr const char* forget_workers =
    "delete from reel.worker where heartbeat < now() - interval '1 day'";

// $1 worker, $2 queues, $3 lease in microseconds, $4 limit
constexpr const char* claim_some = R"sql(
    with picked as (
        select d.attempt from reel.dispatch d
        where d.state = 'queued' and d.queue = any($2::text[]) and not exists (
            select from reel.dispatch o where o.state = 'claimed' and o.dag_id = d.dag_id and
                o.run_id = d.run_id and o.task_id = d.task_id and o.map_index = d.map_index)
        order by d.priority desc, d.attempt limit $4::bigint for update skip locked)
    update reel.dispatch d
    set state = 'claimed', worker = $1, claimed_at = now(),
        lease_until = now() + $3::bigint * interval '1 microsecond'
    from picked where d.attempt = picked.attempt
    returning d.attempt, d.dag_id, d.run_id, d.task_id, d.map_index, d.try_number, d.dag_version,
        d.queue, d.priority)sql";

// $1 id, $2 hostname, $3 pid, $4 queues, $5 concurrency, $6 state, $7 lease in microseconds
constexpr const char* renew_all = R"sql(
    with alive as (
        insert into reel.worker as w (id, hostname, pid, queues, concurrency, state, started_at,
            heartbeat, lease_until)
        values ($1, $2, $3::int, $4::text[], $5::int, $6, now(), now(),
            now() + $7::bigint * interval '1 microsecond')
        on conflict (id) do update set hostname = excluded.hostname, pid = excluded.pid,
            queues = excluded.queues, concurrency = excluded.concurrency, state = excluded.state,
            started_at = case when w.pid = excluded.pid then w.started_at else now() end,
            heartbeat = now(), lease_until = excluded.lease_until
        returning id, lease_until)
    update reel.dispatch d set lease_until = alive.lease_until
    from alive where d.worker = alive.id and d.state = 'claimed'
    returning d.attempt, d.cancel_requested)sql";

// $1 worker, or null for all
constexpr const char* select_dispatches = R"sql(
    select d.attempt, d.dag_id, d.run_id, d.task_id, d.map_index, d.try_number, d.dag_version,
        d.queue, d.priority, d.state, coalesce(d.worker, ''), d.cancel_requested
    from reel.dispatch d
    where $1::text is null or (d.worker = $1 and d.state = 'claimed')
    order by d.attempt)sql";

constexpr const char* select_workers = R"sql(
    select w.id, w.hostname, w.pid, w.concurrency, w.state, reel.micros_of(w.started_at),
        reel.micros_of(w.heartbeat), w.state <> 'stopped' and w.lease_until >= now(),
        (select count(*) from reel.dispatch d where d.worker = w.id and d.state = 'claimed'),
        to_json(w.queues)::text
    from reel.worker w order by w.id)sql";

postgres::Param numbers_value(const std::vector<core::AttemptId>& numbers) {
    return column_of(numbers, [](core::AttemptId number) { return number_value(number); });
}

postgres::Param texts_value(const std::vector<std::string>& texts) {
    return column_of(texts, [](const std::string& text) { return text_value(text); });
}

void notify(Transaction& transaction, const char* channel) {
    transaction.exec("select pg_notify($1, '')", {text_value(channel)});
}

class PostgresDispatchStore final : public DispatchStore {
  public:
    PostgresDispatchStore(const std::string& uri, std::optional<Epoch> term)
        : database_(postgres::make_database({.uri = uri})) {
        if (term) fence_.set(*term);
    }

    void offer(const std::vector<DispatchOffer>& offers) override {
        using Offer = const DispatchOffer&;
        Params params{
            column_of(offers, [](Offer each) { return number_value(each.attempt); }),
            column_of(offers, [](Offer each) { return text_value(each.queue); }),
            column_of(offers, [](Offer each) { return text_value(each.key.dag_id.str()); }),
            column_of(offers, [](Offer each) { return text_value(each.key.run_id.str()); }),
            column_of(offers, [](Offer each) { return text_value(each.key.task_id.str()); }),
            column_of(offers, [](Offer each) { return number_value(each.key.map_index); }),
            column_of(offers, [](Offer each) { return number_value(each.try_number); }),
            column_of(offers, [](Offer each) { return text_value(each.dag_version); }),
            column_of(offers, [](Offer each) { return number_value(each.priority); }),
        };
        const core::Durably durably(core::Durable::offer);
        database_->transact([&](Transaction& transaction) {
            fence_.check(transaction);
            transaction.exec(insert_offers, params);
            notify(transaction, offer_channel);
        });
    }

    void cancel(const std::vector<core::AttemptId>& attempts) override {
        const core::Durably durably(core::Durable::cancel_offers);
        database_->transact([&](Transaction& transaction) {
            fence_.check(transaction);
            const Rows rows = transaction.exec(cancel_some, {numbers_value(attempts)});
            if (rows.empty()) return;
            notify(transaction, cancel_channel);
            notify(transaction, report_channel);
        });
    }

    void forget(const std::vector<core::AttemptId>& attempts) override {
        const core::Durably durably(core::Durable::forget_offers);
        database_->transact([&](Transaction& transaction) {
            fence_.check(transaction);
            transaction.exec(
                "delete from reel.dispatch where attempt = any($1::bigint[]) and state = 'ended'",
                {numbers_value(attempts)}
            );
        });
    }

    std::vector<DispatchNews> read_news(const SeenDispatches& seen) override {
        return read_all(
            database_->read(select_news, {numbers_value(seen.started), numbers_value(seen.ended)}),
            read_news_of
        );
    }

    std::size_t expire() override {
        const core::Durably durably(core::Durable::expire_claims);
        std::size_t count = 0;
        database_->transact([&](Transaction& transaction) {
            count = transaction.exec(expire_some).affected();
            transaction.exec(forget_workers);
        });
        return count;
    }

    std::vector<DispatchOffer> claim(
        const WorkerId& worker,
        const std::vector<std::string>& queues,
        core::Duration lease,
        std::size_t limit
    ) override {
        const core::Durably durably(core::Durable::claim);
        const Rows rows = database_->query(
            claim_some,
            {text_value(worker),
             texts_value(queues),
             number_value(lease.count()),
             number_value(static_cast<std::int64_t>(limit))}
        );
        auto claimed = read_all(rows, read_offer);
        // The order in which an UPDATE gives its rows is nobody's promise.
        std::ranges::sort(claimed, {}, [](const DispatchOffer& each) {
            return std::pair(-std::int64_t{each.priority}, each.attempt);
        });
        return claimed;
    }

    Renewal renew(const WorkerBeat& beat) override {
        const core::Durably durably(core::Durable::renew_claims);
        const Rows rows = database_->query(
            renew_all,
            {text_value(beat.id),
             text_value(beat.hostname),
             number_value(beat.pid),
             texts_value(beat.queues),
             number_value(beat.concurrency),
             text_value(to_string(beat.state)),
             number_value(beat.lease.count())}
        );
        Renewal renewal;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            RowReader reader(rows, row);
            renewal.held.push_back(reader.number());
            if (reader.boolean()) renewal.cancelled.push_back(renewal.held.back());
        }
        std::ranges::sort(renewal.held);
        std::ranges::sort(renewal.cancelled);
        return renewal;
    }

    std::vector<core::AttemptId> report(
        const WorkerId& worker, const std::vector<DispatchReport>& reports
    ) override {
        const core::Durably durably(core::Durable::report);
        std::vector<core::AttemptId> refused;
        database_->transact([&](Transaction& transaction) {
            refused = write_reports(transaction, worker, reports);
            notify(transaction, report_channel);
        });
        return refused;
    }

    std::vector<DispatchRecord> list_dispatches(const std::optional<WorkerId>& claimed_by
    ) override {
        return read_all(
            database_->read(
                select_dispatches, {claimed_by ? text_value(*claimed_by) : postgres::Param()}
            ),
            read_dispatch
        );
    }

    std::vector<WorkerRecord> list_workers() override {
        return read_all(database_->read(select_workers), read_worker);
    }

  private:
    std::unique_ptr<postgres::Database> database_;
    Fence fence_;
};

}  // namespace

std::unique_ptr<DispatchStore> make_postgres_dispatch_store(
    const std::string& uri, std::optional<Epoch> term
) {
    return std::make_unique<PostgresDispatchStore>(uri, term);
}

}  // namespace reel::store
