// A scheduler and two workers over one database, in random order and with everything that may
// break.

#include <gmock/gmock.h>

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <map>
#include <set>

#include "support/dice.hpp"
#include "unit/worker/worker_desk.hpp"

namespace reel::worker {

namespace {

using namespace std::chrono_literals;
using scheduler::TaskOutcome;

/// A worker with its runner, which outlives it.
struct Place {
    Place(store::DispatchStore& database, const std::string& name)
        : dispatches(database, faults), id(name) {}

    DispatchFaults faults;
    FaultyDispatches dispatches;
    store::WorkerId id;
    FakeProcessExecutor runner;
    std::unique_ptr<WorkerLoop> worker;
    bool has_begun = false;
    bool is_frozen = false;
    /// Since when its runner has not heard of it, and what that has ended meanwhile.
    std::optional<core::Timestamp> silent_since;
    std::set<core::AttemptId> abandoned;
};

class History final : public DispatcherTest {
  public:
    explicit History(std::uint32_t seed) : dice(seed) {
        for (int i = 1; i <= instances; ++i) {
            store::NewRun made;
            made.run.dag_id = core::DagId("movies");
            made.run.run_id = core::RunId("r" + std::to_string(i));
            made.run.conf.text = "{}";
            made.run.dag_version = "v1";
            EXPECT_TRUE(runs->commit({.new_runs = {made}}));
        }
        for (const char* const name : {"w1", "w2"}) {
            places.push_back(std::make_unique<Place>(*database, name));
            start_worker(*places.back());
        }
        start_with();
    }

    void play() {
        constexpr int steps = 150;
        for (int i = 0; i < steps && !HasFailure(); ++i) step();
        let_everything_end();
        EXPECT_EQ(over.size(), static_cast<std::size_t>(last));
        turn();
        EXPECT_THAT(database->list_dispatches({}), testing::IsEmpty());
    }

  private:
    void TestBody() override {}

    void start_worker(Place& place) {
        place.worker = std::make_unique<WorkerLoop>(
            WorkerParts{
                .executor = io.get_executor(),
                .pool = pool,
                .store = *runs,
                .dispatches = place.dispatches,
                .tasks = place.runner,
                .clock = clock,
                .ticks = [this] { return ticks; },
            },
            WorkerOptions{
                .id = place.id,
                .queues = {"default"},
                .concurrency = 2,
                .silences = silences,
                .database_uri = "",
            }
        );
        place.has_begun = false;
        if (!place.silent_since) place.silent_since = clock.now();
    }
    /// The worker is back at its runner and hears what became of its processes.
    static void meet_runner(Place& place) {
        place.silent_since.reset();
        for (const auto attempt : std::exchange(place.abandoned, {})) {
            if (place.runner.live.contains(attempt)) {
                place.runner.tell_ended(attempt, TaskOutcome::lost);
            }
        }
    }
    /// A failing database is met again at the next turn.
    void turn_worker(Place& place) {
        if (place.is_frozen) return;
        if (!place.has_begun) {
            place.has_begun = run([&] { return place.worker->begin(); }).empty();
            if (!place.has_begun) return;
            meet_runner(place);
        }
        static_cast<void>(run([&] { return place.worker->turn(); }));
    }
    void thaw(Place& place) {
        if (!std::exchange(place.is_frozen, false)) return;
        place.worker->check_lease();
        if (place.has_begun) meet_runner(place);
    }
    void freeze(Place& place) {
        place.is_frozen = true;
        if (!place.silent_since) place.silent_since = clock.now();
    }
    void pass_time() {
        advance(core::Duration(dice.below(30'000'000)));
        for (const auto& place : places) {
            if (!place->is_frozen) place->worker->check_lease();
            if (!place->silent_since) continue;
            if (clock.now() - *place->silent_since <= silences.runner) continue;
            for (const auto& [attempt, key] : place->runner.live) place->abandoned.insert(attempt);
        }
    }

    /// As the planner does: one attempt of a task instance at a time.
    void start_something() {
        const std::string run_id = "r" + std::to_string(1 + dice.below(instances));
        if (!busy.insert(run_id).second) return;
        run_of[++last] = run_id;
        dispatcher->start(an_order(last, "extract", run_id));
    }
    void end_something(Place& place) {
        if (place.silent_since || place.runner.live.empty()) return;
        const auto attempt = place.runner.live.begin()->first;
        if (dice.one_in(2)) place.runner.tell_started(attempt);
        if (dice.one_in(2)) place.runner.tell_ended(attempt);
    }
    void hear_ends() {
        for (; heard < ended.size(); ++heard) {
            const auto attempt = ended[heard].attempt;
            EXPECT_TRUE(over.insert(attempt).second) << "attempt " << attempt << " ended twice";
            busy.erase(run_of.at(attempt));
            dispatcher->release(attempt);
        }
    }
    void expect_no_two_processes() {
        std::map<core::TaskKey, int> alive;
        for (const auto& place : places) {
            for (const auto& [attempt, key] : place->runner.live) {
                if (!place->abandoned.contains(attempt)) ++alive[key];
            }
        }
        for (const auto& [key, count] : alive) EXPECT_EQ(count, 1) << key.run_id.str();
    }

    void step() {
        Place& place = *dice.pick(places);
        switch (dice.below(12)) {
            case 0:
            case 1:
                start_something();
                break;
            case 2:
                dispatcher->cancel(dice.below(static_cast<int>(last) + 2));
                break;
            case 3:
            case 4:
                turn_worker(place);
                break;
            case 5:
                end_something(place);
                break;
            case 6:
                pass_time();
                break;
            case 7:
                place.faults.away = dice.one_in(3);
                break;
            case 8:
                faults.away = dice.one_in(3);
                break;
            case 9:
                (dice.one_in(2) ? faults : place.faults).eats_answer = true;
                break;
            case 10:
                if (!place.is_frozen) start_worker(place);
                break;
            default:
                if (place.is_frozen) {
                    thaw(place);
                } else if (dice.one_in(3)) {
                    freeze(place);
                }
        }
        turn();
        hear_ends();
        expect_no_two_processes();
    }
    void let_everything_end() {
        faults = {};
        for (const auto& place : places) {
            thaw(*place);
            place->faults = {};
        }
        for (int i = 0; i < 100 && over.size() < static_cast<std::size_t>(last); ++i) {
            for (const auto& place : places) {
                turn_worker(*place);
                while (!place->runner.live.empty()) {
                    place->runner.tell_ended(place->runner.live.begin()->first);
                }
                turn_worker(*place);
            }
            advance(silences.renew_every);
            turn();
            hear_ends();
        }
    }

    static constexpr int instances = 6;
    const Silences silences = silences_of(5min);
    scheduler::Dice dice;
    std::vector<std::unique_ptr<Place>> places;
    std::map<core::AttemptId, std::string> run_of;
    std::set<std::string> busy;  ///< runs with an attempt that lives
    std::set<core::AttemptId> over;
    std::size_t heard = 0;
    core::AttemptId last = 0;
};

/// REEL_SIMULATIONS says how many, REEL_SIMULATION_SEED with which to begin.
std::uint32_t number_from(const char* variable, std::uint32_t otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? otherwise
                           : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

TEST(DispatchHistories, EveryAttemptEndsOnceAndNoTwoOfATaskLiveAtOneTime) {
    const std::uint32_t count = number_from("REEL_SIMULATIONS", 500);
    const std::uint32_t first = number_from("REEL_SIMULATION_SEED", 1);
    spdlog::set_level(spdlog::level::off);
    for (std::uint32_t seed = first; seed < first + count && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("REEL_SIMULATIONS=1 REEL_SIMULATION_SEED=" + std::to_string(seed));
        History history(seed);
        history.play();
    }
    spdlog::set_level(spdlog::level::info);
}

}  // namespace
}  // namespace reel::worker
