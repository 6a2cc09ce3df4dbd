#include "report_json.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "reel/core/words.hpp"

namespace reel::worker {

namespace {

using nlohmann::json;
using scheduler::TaskOutcome;

constexpr core::Words<TaskOutcome, 7> outcomes{{
    {TaskOutcome::succeeded, "succeeded"},
    {TaskOutcome::failed, "failed"},
    {TaskOutcome::failed_finally, "failed_finally"},
    {TaskOutcome::skipped, "skipped"},
    {TaskOutcome::timed_out, "timed_out"},
    {TaskOutcome::cancelled, "cancelled"},
    {TaskOutcome::lost, "lost"},
}};

/// Bytes that are no UTF-8 become U+FFFD.
core::JsonText text_of(const json& value) {
    return {value.dump(-1, ' ', false, json::error_handler_t::replace)};
}

TaskOutcome read_outcome(const std::string& word) {
    const auto found = core::find_value(outcomes, word);
    if (!found) throw std::invalid_argument("an unknown outcome: " + word);
    return *found;
}

json branch_to_json(const std::optional<scheduler::BranchDecision>& branch) {
    if (!branch) return nullptr;
    json follow = json::array();
    for (const core::TaskId& task : branch->follow) follow.push_back(task.str());
    return {{"follow", std::move(follow)}, {"all_downstream", branch->all_downstream}};
}

std::optional<scheduler::BranchDecision> read_branch(const json& from) {
    if (from.is_null()) return std::nullopt;
    scheduler::BranchDecision branch;
    for (const json& task : from.at("follow")) {
        branch.follow.emplace_back(task.get<std::string>());
    }
    from.at("all_downstream").get_to(branch.all_downstream);
    return branch;
}

core::Timestamp read_time(const json& from) {
    return core::Timestamp(core::Duration(from.get<std::int64_t>()));
}

/// What `read` makes of the document; it may throw whatever the JSON library does.
template <class Read>
auto read_report(const core::JsonText& text, Read read)
    -> core::Result<decltype(read(std::declval<const json&>()))> {
    try {
        return read(json::parse(text.text));
    } catch (const std::exception& error) {
        return core::fail(
            core::Errc::corrupt_data,
            std::string("a worker's report cannot be read: ") + error.what()
        );
    }
}

}  // namespace

core::JsonText to_json(const scheduler::AttemptStarted& started) {
    return text_of(
        {{"at", started.at.time_since_epoch().count()},
         {"pid", started.pid},
         {"hostname", started.hostname}}
    );
}

core::JsonText to_json(const scheduler::AttemptEnded& ended) {
    json xcoms = json::array();
    for (const store::XComRecord& xcom : ended.xcoms) {
        xcoms.push_back(
            {{"name", xcom.name},
             {"value", xcom.value.text},
             {"at", xcom.at.time_since_epoch().count()}}
        );
    }
    return text_of(
        {{"outcome", core::find_word(outcomes, ended.outcome)},
         {"at", ended.at.time_since_epoch().count()},
         {"message", ended.message},
         {"xcoms", std::move(xcoms)},
         {"branch", branch_to_json(ended.branch)},
         {"exit_code", ended.exit_code ? json(*ended.exit_code) : json()}}
    );
}

core::Result<scheduler::AttemptStarted> read_started(
    core::AttemptId attempt, const core::TaskKey& key, const core::JsonText& text
) {
    return read_report(text, [&](const json& from) {
        return scheduler::AttemptStarted{
            .attempt = attempt,
            .key = key,
            .at = read_time(from.at("at")),
            .pid = from.at("pid").get<int>(),
            .hostname = from.at("hostname").get<std::string>(),
        };
    });
}

core::Result<scheduler::AttemptEnded> read_ended(
    core::AttemptId attempt, const core::TaskKey& key, const core::JsonText& text
) {
    return read_report(text, [&](const json& from) {
        scheduler::AttemptEnded ended;
        ended.attempt = attempt;
        ended.key = key;
        ended.outcome = read_outcome(from.at("outcome").get<std::string>());
        ended.at = read_time(from.at("at"));
        from.at("message").get_to(ended.message);
        for (const json& xcom : from.at("xcoms")) {
            ended.xcoms.push_back({
                .key = key,
                .name = xcom.at("name").get<std::string>(),
                .value = {xcom.at("value").get<std::string>()},
                .at = read_time(xcom.at("at")),
            });
        }
        ended.branch = read_branch(from.at("branch"));
        if (const json& code = from.at("exit_code"); !code.is_null()) {
            ended.exit_code = code.get<int>();
        }
        return ended;
    });
}

}  // namespace reel::worker
