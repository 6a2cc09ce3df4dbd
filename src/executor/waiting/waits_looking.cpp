// Looking, asking and triggering, and what comes of it.

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

#include "executor/attempt_log.hpp"
#include "executor/outcome.hpp"
#include "reel/postgres/error.hpp"
#include "reel/store/lease.hpp"
#include "trigger_run.hpp"
#include "waits.hpp"

namespace reel::executor {

namespace asio = boost::asio;
using scheduler::TaskOutcome;

// --- outside

asio::awaitable<void> Waits::look(core::AttemptId attempt) {
    const Live* const live = find(attempt);
    if (live == nullptr) {
        co_return;
    }
    const auto wait = live->wait;
    const Poke poke = co_await outside_.run([this, wait]() -> Poke {
        try {
            return std::get<LookOutside>(wait->condition).look(abandoned_);
        } catch (const std::exception& error) {
            return look_failed(error.what());
        }
    });
    take(attempt, poke);
}

// --- the store

const AskStore* Waits::question_of(const Live& live) {
    if (const auto* const trigger = std::get_if<TriggerRun>(&live.wait->condition)) {
        return trigger->then ? &*trigger->then : nullptr;
    }
    return std::get_if<AskStore>(&live.wait->condition);
}

/// One of each attempt; an empty one of those that have ended meanwhile.
std::vector<store::StateQuestion> Waits::questions_of(const std::set<core::AttemptId>& attempts) {
    std::vector<store::StateQuestion> questions;
    for (const core::AttemptId attempt : attempts) {
        const Live* const live = find(attempt);
        questions.push_back(
            live == nullptr ? store::StateQuestion{} : question_of(*live)->question
        );
    }
    return questions;
}

/// All questions of the moment in one look.
asio::awaitable<void> Waits::ask() {
    for (int tries = 1; !stopping_ && !asking_.empty();) {
        const std::set<core::AttemptId> attempts = std::exchange(asking_, {});
        const std::vector<store::StateQuestion> questions = questions_of(attempts);
        std::string away;
        const auto answers = co_await pool_.run([&]() -> std::vector<store::StateAnswer> {
            try {
                return store_.find_states(questions);
            } catch (const std::exception& error) {
                away = error.what();
                return {};
            }
        });
        if (!away.empty()) {
            spdlog::warn("the states that sensors wait for are not known: {}", away);
            asking_.insert(attempts.begin(), attempts.end());
            co_await pause(tries++);
            continue;
        }
        tries = 1;
        auto answer = answers.begin();
        for (const core::AttemptId attempt : attempts) {
            const Live* const live = find(attempt);
            if (live != nullptr) {
                take(attempt, question_of(*live)->judge(*answer));
            }
            ++answer;
        }
    }
    is_asking_ = false;
    idle_.notify();
}

std::string Waits::topic_of(const store::StateQuestion& question) {
    return question.asset ? "asset " + *question.asset : "dag " + question.dag_id.str();
}

template <class IsMeant>
void Waits::look_now(const store::StateQuestion& about, IsMeant is_meant) {
    const auto found = askers_.find(topic_of(about));
    if (found == askers_.end()) {
        return;
    }
    for (const core::AttemptId attempt : found->second) {
        if (is_meant(question_of(live_.at(attempt))->question)) {
            list_.look_now(attempt, ports_.clock->now());
            turn_soon();
        }
    }
}

void Waits::moved(
    const core::DagId& dag_id,
    const core::RunId& run_id,
    std::optional<core::Timestamp> logical_date
) {
    look_now({.dag_id = dag_id}, [&](const store::StateQuestion& question) {
        return question.run_id ? question.run_id == run_id
                               : logical_date && question.logical_date == logical_date;
    });
}

void Waits::has_news(const std::string& uri) {
    look_now({.asset = uri}, [](const store::StateQuestion&) { return true; });
}

// --- what was seen

void Waits::take(core::AttemptId attempt, const Poke& poke) {
    Live* const live = find(attempt);
    if (live == nullptr) {
        return;
    }
    switch (poke.finding) {
        case Finding::met:
            say(*live, poke.words);
            return end(attempt, TaskOutcome::succeeded, {}, poke.xcoms);
        case Finding::skipped:
            return end(attempt, TaskOutcome::skipped, poke.words);
        case Finding::failed_finally:
            return give_up(attempt, TaskOutcome::failed_finally, poke.words);
        case Finding::ended_badly:
            return give_up(attempt, TaskOutcome::failed, poke.words);
        case Finding::failed:
            if (!live->wait->rules.silent_fail) {
                return fail(attempt, TaskOutcome::failed, poke.words);
            }
            break;
        case Finding::not_yet:
            break;
    }
    say(*live, poke.words);
    if (list_.looked(attempt, ports_.clock->now())) {
        turn_soon();
    } else {
        time_out(attempt);
    }
}

/// As in Airflow a sensor's own timeout is final, that of a try is not.
void Waits::time_out(core::AttemptId attempt) {
    const Live& live = live_.at(attempt);
    const bool is_own =
        live.times_out && (!live.times_out_try || *live.times_out <= *live.times_out_try);
    const core::Duration limit =
        is_own ? *live.wait->rules.timeout : *live.order.task().execution_timeout;
    std::string words = fmt::format(
        "timed out after {} of waiting for {}", core::format_duration(limit), live.wait->what
    );
    if (!live.last_words.empty()) {
        words += fmt::format(": {}", live.last_words);
    }
    give_up(attempt, is_own ? TaskOutcome::failed_finally : TaskOutcome::timed_out, words);
}

// --- triggering

/// Makes the run, or says whether it was there: true when this attempt has made it, also in an
/// earlier life.
asio::awaitable<core::Result<bool>> Waits::trigger_once(std::string own_name, TriggerRun trigger) {
    const auto made = co_await control_->trigger(trigger.request);
    if (made) {
        co_return true;
    }
    if (made.error().code != core::Errc::already_exists) {
        co_return std::unexpected(made.error());
    }
    const core::DagId dag_id = trigger.request.dag_id;
    const core::RunId run_id = *trigger.request.run_id;
    const auto there =
        co_await pool_.run([this, dag_id, run_id] { return store_.get_run(dag_id, run_id); });
    if (there && there->triggering_user == own_name) {
        co_return true;
    }
    if (there && trigger.reset_dag_run) {
        const auto reset = co_await control_->set_run_state(dag_id, run_id, core::RunState::queued);
        if (!reset) {
            co_return std::unexpected(reset.error());
        }
        co_return true;
    }
    if (trigger.skip_when_already_exists) {
        co_return false;
    }
    co_return std::unexpected(made.error());
}

asio::awaitable<void> Waits::trigger(core::AttemptId attempt) {
    for (int tries = 1; const Live* live = find(attempt); ++tries) {
        const auto wait = live->wait;
        const auto& wish = std::get<TriggerRun>(wait->condition);
        core::Result<bool> made = core::fail(core::Errc::unavailable, "");
        try {
            made = co_await trigger_once(triggering_name(live->order), wish);
        } catch (const postgres::DatabaseError& error) {
            made = core::fail(
                is_away(error) ? core::Errc::unavailable : core::Errc::internal, error.what()
            );
        } catch (const store::LostLeadership& error) {
            // Whoever leads next takes the attempt up, and asks for the same run.
            made = core::fail(core::Errc::unavailable, error.what());
        } catch (const std::exception& error) {
            made = core::fail(core::Errc::internal, error.what());
        }
        if (find(attempt) == nullptr) {
            co_return;
        }
        if (made || made.error().code != core::Errc::unavailable) {
            co_return settle_trigger(attempt, wish, made);
        }
        spdlog::warn("a run cannot be triggered now: {}", made.error().message);
        co_await pause(tries);
    }
}

void Waits::settle_trigger(
    core::AttemptId attempt, const TriggerRun& trigger, const core::Result<bool>& made
) {
    if (!made) {
        return give_up(attempt, TaskOutcome::failed_finally, made.error().describe());
    }
    const std::string& run_id = trigger.request.run_id->str();
    if (!*made) {
        return end(attempt, TaskOutcome::skipped, fmt::format("run '{}' already exists", run_id));
    }
    const Live& live = live_.at(attempt);
    write_log(live, fmt::format("triggered {}", live.wait->what));
    if (trigger.then) {
        return wait_for(attempt, *trigger.then);
    }
    end(attempt, TaskOutcome::succeeded, {});
}

}  // namespace reel::executor
