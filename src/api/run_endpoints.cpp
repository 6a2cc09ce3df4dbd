#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"
#include "run_query.hpp"

namespace reel::api {

namespace asio = boost::asio;

namespace {

nlohmann::json runs_json(store::RunStore& store, const store::Listing<store::RunRecord>& listing) {
    RunViews views(store);
    nlohmann::json items = nlohmann::json::array();
    for (const store::RunRecord& run : listing.items) {
        items.push_back(run_json(run, views.dag_display_name(run.dag_id)));
    }
    return collection("dag_runs", std::move(items), listing.total);
}

Response one_run(store::RunStore& store, const store::RunRecord& run) {
    RunViews views(store);
    return json_response(run_json(run, views.dag_display_name(run.dag_id)));
}

Outcome<scheduler::TriggerRequest> read_trigger(const Call& call, core::DagId dag_id) {
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    scheduler::TriggerRequest wish;
    wish.dag_id = std::move(dag_id);
    if (auto run_id = body->text("dag_run_id")) wish.run_id = core::RunId(*run_id);
    wish.logical_date = body->time("logical_date");
    wish.run_after = body->time("run_after");
    const auto start = body->time("data_interval_start");
    const auto end = body->time("data_interval_end");
    if (start && end) wish.data_interval = core::DataInterval{*start, *end};
    if (start.has_value() != end.has_value()) {
        body->complain(
            start ? "data_interval_end" : "data_interval_start",
            "Either both data_interval_start and data_interval_end must be provided or none",
            "value_error"
        );
    }
    if (start && end && *end < *start) {
        body->complain("data_interval_end", "Must not be before its start", "value_error");
    }
    wish.conf.text = dump(body->object("conf").value_or(nlohmann::json::object()));
    wish.note = body->text("note").value_or("");
    body->only_null("partition_key");
    wish.triggered_by = triggered_by(call.request);
    wish.triggering_user = call.user;
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return wish;
}

struct RunPatch {
    std::optional<core::RunState> state;
    std::optional<std::string> note;
};

Outcome<RunPatch> read_patch(const Call& call) {
    QueryReader query(call.url);
    const auto mask = query.texts("update_mask");
    const auto wanted = [&](std::string_view name) {
        return mask.empty() || std::ranges::find(mask, name) != mask.end();
    };
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    RunPatch patch;
    const auto word = body->text("state");
    const auto state = word ? core::parse_run_state(*word) : std::nullopt;
    if (word && (!state || *state == core::RunState::running)) {
        body->complain("state", "Input should be 'queued', 'success' or 'failed'", "enum");
    }
    const bool has_note = body->has("note");
    const auto note = body->text("note");
    if (wanted("state")) patch.state = state;
    if (wanted("note") && has_note) patch.note = note.value_or("");
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    return patch;
}

}  // namespace

Outcome<Response> list_runs(const Call& call) {
    QueryReader query(call.url);
    RunQuery wish = read_run_query(query);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    if (call.parameter("dag_id") != "~") {
        const auto dag_id = dag_id_of(call);
        if (!dag_id) return std::unexpected(dag_id.error());
        if (const auto dag = find_dag(call.services.store, *dag_id); !dag) {
            return std::unexpected(dag.error());
        }
        wish.base.dag_id = *dag_id;
    }
    return json_response(runs_json(call.services.store, find_runs(call.services.store, wish)));
}

Outcome<Response> list_runs_batch(const Call& call) {
    auto body = BodyReader::open(call.request.body);
    if (!body) return std::unexpected(body.error());
    const RunQuery wish = read_run_query(*body);
    if (const auto whole = body->finish(); !whole) return std::unexpected(whole.error());
    if (call.parameter("dag_id") != "~") {
        return reject({{{"path", "dag_id"}, "Input should be '~'", "literal_error"}});
    }
    return json_response(runs_json(call.services.store, find_runs(call.services.store, wish)));
}

Outcome<Response> get_run(const Call& call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    const auto run_id = run_id_of(call);
    if (!run_id) return std::unexpected(run_id.error());
    const auto run = find_run(call.services.store, *dag_id, *run_id);
    if (!run) return std::unexpected(run.error());
    return one_run(call.services.store, *run);
}

asio::awaitable<Outcome<Response>> trigger_run(Call call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) co_return std::unexpected(dag_id.error());
    auto wish = read_trigger(call, *dag_id);
    if (!wish) co_return std::unexpected(wish.error());
    const auto run = co_await call.control->trigger(std::move(*wish));
    if (!run) co_return reject(run.error());
    co_return co_await call.services.pool.run([&] { return one_run(call.services.store, *run); });
}

asio::awaitable<Outcome<Response>> patch_run(Call call) {
    const auto patch = read_patch(call);
    if (!patch) co_return std::unexpected(patch.error());
    const auto dag_id = dag_id_of(call);
    if (!dag_id) co_return std::unexpected(dag_id.error());
    const auto run_id = run_id_of(call);
    if (!run_id) co_return std::unexpected(run_id.error());
    store::RunStore& store = call.services.store;
    auto run = co_await call.services.pool.run([&] { return find_run(store, *dag_id, *run_id); });
    if (run && patch->state) {
        auto marked = co_await call.control->set_run_state(*dag_id, *run_id, *patch->state);
        if (!marked) co_return reject(marked.error());
        run = std::move(*marked);
    }
    if (run && patch->note) {
        auto noted = co_await call.control->set_note(*dag_id, *run_id, {}, *patch->note);
        if (!noted) co_return reject(noted.error());
        run = std::move(*noted);
    }
    if (!run) co_return std::unexpected(run.error());
    co_return co_await call.services.pool.run([&] { return one_run(store, *run); });
}

namespace {

/// Looks at one run again and again until it has ended; the last piece tells its end.
struct Watch {
    Services& services;
    core::DagId dag_id;
    core::RunId run_id;
    std::chrono::milliseconds interval;
    bool first = true;
    bool done = false;

    asio::awaitable<std::optional<std::string>> next() {
        if (done) co_return std::nullopt;
        if (!first) {
            asio::steady_timer timer(services.executor, interval);
            co_await timer.async_wait(asio::use_awaitable);
        }
        first = false;
        const auto run =
            co_await services.pool.run([this] { return services.store.get_run(dag_id, run_id); });
        done = !run || core::is_finished(run->state);
        const nlohmann::json state = run ? nlohmann::json(core::to_string(run->state)) : nullptr;
        co_return dump({{"state", state}}) + "\n";
    }
};

}  // namespace

asio::awaitable<Outcome<Response>> wait_for_run(Call call) {
    QueryReader query(call.url);
    const auto interval = query.text("interval").value_or("1");
    query.texts("result");
    const auto pause = core::parse_duration(interval);
    if (!pause || *pause <= core::Duration(0)) {
        query.complain("interval", "Input should be a number of seconds above 0", "greater_than");
    }
    if (const auto whole = query.finish(); !whole) co_return std::unexpected(whole.error());
    const auto dag_id = dag_id_of(call);
    if (!dag_id) co_return std::unexpected(dag_id.error());
    const auto run_id = run_id_of(call);
    if (!run_id) co_return std::unexpected(run_id.error());
    const auto run = co_await call.services.pool.run([&] {
        return find_run(call.services.store, *dag_id, *run_id);
    });
    if (!run) co_return std::unexpected(run.error());
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(*pause);
    auto watch = std::make_shared<Watch>(call.services, *dag_id, *run_id, milliseconds);
    Response response{.content_type = "application/x-ndjson"};
    response.pieces = [watch] { return watch->next(); };
    co_return response;
}

}  // namespace reel::api
