#include "dispatch_rows.hpp"

#include <nlohmann/json.hpp>

#include "reel/core/words.hpp"

namespace reel::store {

namespace {

constexpr core::Words<DispatchState, 3> dispatch_states{{
    {DispatchState::queued, "queued"},
    {DispatchState::claimed, "claimed"},
    {DispatchState::ended, "ended"},
}};
constexpr core::Words<DispatchEnd, 3> dispatch_ends{{
    {DispatchEnd::reported, "reported"},
    {DispatchEnd::cancelled, "cancelled"},
    {DispatchEnd::expired, "expired"},
}};
constexpr core::Words<WorkerState, 3> worker_states{{
    {WorkerState::running, "running"},
    {WorkerState::draining, "draining"},
    {WorkerState::stopped, "stopped"},
}};

DispatchOffer take_offer(RowReader& reader) {
    DispatchOffer offer;
    offer.attempt = reader.number();
    offer.key = reader.key();
    offer.try_number = reader.small();
    offer.dag_version = reader.text();
    offer.queue = reader.text();
    offer.priority = reader.small();
    return offer;
}

}  // namespace

DispatchOffer read_offer(const postgres::Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    return take_offer(reader);
}

DispatchNews read_news_of(const postgres::Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    DispatchNews news;
    news.attempt = reader.number();
    news.worker = reader.text();
    if (const auto& started = reader.next()) news.started = core::JsonText{*started};
    if (const auto& end = reader.next()) {
        const DispatchEnd known = core::find_value(dispatch_ends, *end).value();
        news.end = known;
    }
    news.ended.text = reader.text();
    news.ended_at = reader.optional_time().value_or(core::Timestamp());
    return news;
}

DispatchRecord read_dispatch(const postgres::Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    DispatchRecord record;
    record.offer = take_offer(reader);
    record.state = core::find_value(dispatch_states, reader.text()).value();
    record.worker = reader.text();
    record.cancel_requested = reader.boolean();
    return record;
}

WorkerRecord read_worker(const postgres::Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    WorkerRecord record;
    record.id = reader.text();
    record.hostname = reader.text();
    record.pid = reader.small();
    record.concurrency = reader.small();
    record.state = core::find_value(worker_states, reader.text()).value();
    record.started_at = reader.time();
    record.heartbeat = reader.time();
    record.is_live = reader.boolean();
    record.claimed = reader.small();
    record.queues = nlohmann::json::parse(reader.text()).get<std::vector<std::string>>();
    return record;
}

std::string to_string(WorkerState state) {
    return std::string(core::find_word(worker_states, state));
}

}  // namespace reel::store
