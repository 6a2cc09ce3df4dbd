#include "dispatch_rows.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace reel::store {

namespace {

template <class Value, std::size_t n>
using Words = std::array<std::pair<Value, std::string_view>, n>;

constexpr Words<DispatchState, 3> dispatch_states{{
    {DispatchState::queued, "queued"},
    {DispatchState::claimed, "claimed"},
    {DispatchState::ended, "ended"},
}};
constexpr Words<DispatchEnd, 3> dispatch_ends{{
    {DispatchEnd::reported, "reported"},
    {DispatchEnd::cancelled, "cancelled"},
    {DispatchEnd::expired, "expired"},
}};
constexpr Words<WorkerState, 3> worker_states{{
    {WorkerState::running, "running"},
    {WorkerState::draining, "draining"},
    {WorkerState::stopped, "stopped"},
}};

/// A word that the table's checks let in.
template <class Value, std::size_t n>
Value read_word(const Words<Value, n>& words, const std::string& text) {
    return std::ranges::find(words, text, &std::pair<Value, std::string_view>::second)->first;
}

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
    if (const auto& end = reader.next()) news.end = read_word(dispatch_ends, *end);
    news.ended.text = reader.text();
    news.ended_at = reader.optional_time().value_or(core::Timestamp());
    return news;
}

DispatchRecord read_dispatch(const postgres::Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    DispatchRecord record;
    record.offer = take_offer(reader);
    record.state = read_word(dispatch_states, reader.text());
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
    record.state = read_word(worker_states, reader.text());
    record.started_at = reader.time();
    record.heartbeat = reader.time();
    record.is_live = reader.boolean();
    record.claimed = reader.small();
    record.queues = nlohmann::json::parse(reader.text()).get<std::vector<std::string>>();
    return record;
}

std::string to_string(WorkerState state) {
    return std::string(
        std::ranges::find(worker_states, state, &std::pair<WorkerState, std::string_view>::first)
            ->second
    );
}

}  // namespace reel::store
