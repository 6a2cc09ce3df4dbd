#include "trigger_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reel::executor {

namespace {

/// A map, itself or as the JSON text that a template gave.
core::Result<core::JsonText> conf_of(const Json& args) {
    const Json given = args.value("conf", Json());
    const Json conf = given.is_string() ? Json::parse(given.get<std::string>(), nullptr, false)
                      : given.is_null() ? Json::object()
                                        : given;
    if (!conf.is_object()) {
        return core::fail(
            core::Errc::invalid_argument,
            "'conf' must be a map",
            given.is_string() ? "end its expression with | tojson" : ""
        );
    }
    return to_text(conf);
}

/// As in Airflow no allowed states are the usual one, while no failed states are none.
std::vector<std::string> run_states(
    const Json& args, const std::string& name, const char* fallback, bool may_be_none
) {
    std::vector<std::string> states = words_of(args, name);
    const bool is_said = !states.empty() || (may_be_none && args.contains(name));
    if (!is_said) states = {fallback};
    return states;
}

core::Result<scheduler::TriggerRequest> request_of(
    const scheduler::AttemptOrder& order, const Json& args
) {
    auto conf = conf_of(args);
    if (!conf) {
        return std::unexpected(conf.error());
    }
    scheduler::TriggerRequest request;
    request.dag_id = core::DagId(text_of(args, "trigger_dag_id"));
    request.conf = *std::move(conf);
    request.note = text_of(args, "note");
    request.triggered_by = core::TriggeredBy::operator_;
    request.triggering_user = triggering_name(order);
    const core::Timestamp began = order.started_at.value_or(order.run.run_after);
    std::string run_id = fmt::format("manual__{}__{}", core::format_iso(began), order.attempt);
    if (const std::string date = text_of(args, "logical_date"); !date.empty()) {
        const auto parsed = core::parse_timestamp(date, order.dag->timezone);
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        request.logical_date = *parsed;
        run_id = fmt::format("manual__{}", core::format_iso(*parsed));
    }
    request.run_id = core::RunId(text_of(args, "trigger_run_id", run_id));
    return request;
}

}  // namespace

std::string triggering_name(const scheduler::AttemptOrder& order) {
    const std::string index =
        order.key.map_index < 0 ? "" : fmt::format("[{}]", order.key.map_index);
    return fmt::format(
        "{} {} {}{} try {}",
        order.key.dag_id.str(),
        order.key.run_id.str(),
        order.key.task_id.str(),
        index,
        order.try_number
    );
}

Poke judge_triggered(
    const std::vector<std::string>& allowed,
    const std::vector<std::string>& failed,
    const store::StateAnswer& answer
) {
    if (!answer.run) {
        return look_failed("the triggered run is no more");
    }
    const std::string_view state = core::to_string(*answer.run);
    const auto is_among = [&](const std::vector<std::string>& states) {
        return std::ranges::find(states, state) != states.end();
    };
    const std::string words = fmt::format("the triggered run is {}", state);
    if (is_among(failed)) {
        return look_failed(words);
    }
    return is_among(allowed) ? met(words) : not_yet(words);
}

core::Result<TriggerRun> parse_trigger(const scheduler::AttemptOrder& order, const Json& args) {
    auto request = request_of(order, args);
    if (!request) {
        return std::unexpected(request.error());
    }
    TriggerRun trigger{
        .request = *std::move(request),
        .reset_dag_run = flag_of(args, "reset_dag_run"),
        .skip_when_already_exists = flag_of(args, "skip_when_already_exists"),
        .then = {},
    };
    if (flag_of(args, "wait_for_completion")) {
        AskStore ask;
        ask.question.dag_id = trigger.request.dag_id;
        ask.question.run_id = trigger.request.run_id;
        ask.judge = [allowed = run_states(args, "allowed_states", "success", false),
                     failed = run_states(args, "failed_states", "failed", true)](const auto& answer
                    ) { return judge_triggered(allowed, failed, answer); };
        trigger.then = std::move(ask);
    }
    return trigger;
}

}  // namespace reel::executor
