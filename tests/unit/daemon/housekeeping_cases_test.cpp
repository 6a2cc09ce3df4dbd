#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>

#include "daemon/housekeeping.hpp"
#include "support/dag_builder.hpp"
#include "support/manual_clock.hpp"

namespace reel::daemon {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// One pass, by hand. What the scheduler would say about runs is a script.
class HousekeepingCases : public ::testing::Test {
  protected:
    HousekeepingCases() {
        std::string name = (fs::temp_directory_path() / "reel-housekeeping-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
        places_ = {.logs = root_ / "logs", .data = root_ / "data"};
        store_->save_dags({support::a_dag("d").task("a").build()}, false, clock_.now());
    }
    ~HousekeepingCases() override { fs::remove_all(root_); }
    HousekeepingCases(const HousekeepingCases&) = delete;
    HousekeepingCases& operator=(const HousekeepingCases&) = delete;

    asio::awaitable<std::vector<store::RunName>> answer(store::RunExpiry expiry) {
        asked_.push_back(expiry);
        if (on_ask_) on_ask_();
        if (batches_.empty()) co_return std::vector<store::RunName>();
        auto batch = std::move(batches_.front());
        batches_.erase(batches_.begin());
        co_return batch;
    }

    void once(const Retention& retention) {
        Housekeeping::Parts parts{
            .executor = io_.get_executor(),
            .pool = pool_,
            .store = *store_,
            .clock = clock_,
            .remove_runs = [this](store::RunExpiry expiry) { return answer(expiry); },
            .drop_staged = drop_staged_,
            .breath = core::Duration::zero(),
        };
        Housekeeping housekeeping(std::move(parts), retention, places_);
        std::exception_ptr failure;
        asio::co_spawn(io_, housekeeping.run_once(), [&](const std::exception_ptr& error) {
            failure = error;
        });
        io_.restart();
        io_.run();
        if (failure) std::rethrow_exception(failure);
    }

    static store::RunName named(const std::string& run_id) {
        return {core::DagId("d"), core::RunId(run_id)};
    }
    fs::path data_of(const std::string& run_id) {
        return places_.data / "dag_id=d" / ("run_id=" + run_id);
    }
    void write_data(const std::string& run_id) {
        fs::create_directories(data_of(run_id));
        std::ofstream(data_of(run_id) / "file.csv") << "x";
    }
    void skip_fires(int count, int hours_ago) {
        store::Commit commit;
        for (int i = 0; i < count; ++i) {
            const core::Timestamp at = clock_.now() - hours(hours_ago);
            commit.skipped.push_back({core::DagId("d"), at - std::chrono::seconds(i), at, 1, at});
        }
        ASSERT_TRUE(store_->commit(commit));
    }
    std::size_t skipped() { return store_->list_skipped_fires(core::DagId("d"), {}).total; }

    store::BackfillRecord backfill(std::optional<int> completed_hours_ago) {
        auto made = store_->create_backfill({.dag_id = core::DagId("d")}, {});
        EXPECT_TRUE(made) << made.error().describe();
        if (completed_hours_ago) made->completed_at = clock_.now() - hours(*completed_hours_ago);
        EXPECT_TRUE(store_->commit({.backfills = {*made}}));
        return *made;
    }

    asio::io_context io_;
    async::BlockingPool pool_{1};
    support::ManualClock clock_;
    std::unique_ptr<store::RunStore> store_ = store::make_memory_store();
    fs::path root_;
    executor::Leftovers places_;
    std::vector<std::vector<store::RunName>> batches_;
    std::vector<store::RunExpiry> asked_;
    std::function<void()> on_ask_;
    std::function<void(core::Timestamp)> drop_staged_;
};

TEST_F(HousekeepingCases, AsksForRunsUntilNoneIsLeftAndAlwaysForThoseOfOneMoment) {
    batches_ = {{named("one"), named("two")}, {named("three")}};
    for (const char* run : {"one", "two", "three", "four"}) write_data(run);
    const core::Timestamp began = clock_.now();
    on_ask_ = [&] { EXPECT_TRUE(fs::exists(data_of("four"))); };
    once({.runs = hours(48)});
    ASSERT_THAT(asked_, SizeIs(3));
    for (const auto& expiry : asked_) {
        EXPECT_EQ(expiry.before, began - hours(48));
        EXPECT_FALSE(expiry.keep_last) << "nobody asked for that";
        EXPECT_GT(expiry.limit, 0U);
        EXPECT_LE(expiry.limit, 1000U) << "some at a time";
    }
    for (const char* run : {"one", "two", "three"}) EXPECT_FALSE(fs::exists(data_of(run))) << run;
    EXPECT_TRUE(fs::exists(data_of("four")));
}

TEST_F(HousekeepingCases, FoldersGoBeforeTheNextRunsAreAskedFor) {
    batches_ = {{named("one")}, {named("two")}};
    write_data("one");
    write_data("two");
    std::vector<bool> stands;
    on_ask_ = [&] { stands.push_back(fs::exists(data_of("one"))); };
    once({.runs = hours(1)});
    EXPECT_THAT(stands, ElementsAre(true, false, false));
}

TEST_F(HousekeepingCases, ARunWithoutFoldersIsNoTrouble) {
    batches_ = {{named("never wrote a word")}};
    once({.runs = hours(1)});
    EXPECT_THAT(asked_, SizeIs(2));
}

TEST_F(HousekeepingCases, NoKindIsTouchedThatIsKeptForEver) {
    skip_fires(3, 9000);
    backfill(9000);
    bool asked_warehouse = false;
    drop_staged_ = [&](core::Timestamp) { asked_warehouse = true; };
    once({.runs = {}, .xcoms = hours(1), .logs = hours(1), .records = {}, .staged = {}});
    EXPECT_THAT(asked_, IsEmpty());
    EXPECT_EQ(skipped(), 3U);
    EXPECT_EQ(store_->list_backfills({}, {}).total, 1U);
    EXPECT_FALSE(asked_warehouse);
}

TEST_F(HousekeepingCases, ANegativeAgeKeepsForEverToo) {
    skip_fires(2, 9000);
    once({.runs = -hours(1), .xcoms = -hours(1), .logs = -hours(1), .records = -hours(1)});
    EXPECT_THAT(asked_, IsEmpty());
    EXPECT_EQ(skipped(), 2U);
}

TEST_F(HousekeepingCases, GoesOnUntilTheLastRecordIsGone) {
    // As many as go at once, twice and some more.
    skip_fires(450, 50);
    skip_fires(5, 1);
    once({.records = hours(48)});
    EXPECT_EQ(skipped(), 5U);
}

TEST_F(HousekeepingCases, ComesToAnEndWhereTheLastLotIsAWholeOne) {
    skip_fires(400, 50);
    once({.records = hours(48)});
    EXPECT_EQ(skipped(), 0U);
}

TEST_F(HousekeepingCases, RemovesBackfillsByWhenTheyCompletedAndNoOpenOne) {
    const auto old = backfill(50);
    const auto recent = backfill(1);
    const auto open = backfill({});
    once({.records = hours(48)});
    EXPECT_FALSE(store_->get_backfill(old.id));
    EXPECT_TRUE(store_->get_backfill(recent.id));
    EXPECT_TRUE(store_->get_backfill(open.id));
    clock_.advance(hours(24 * 3650));
    once({.records = hours(48)});
    EXPECT_FALSE(store_->get_backfill(recent.id));
    EXPECT_TRUE(store_->get_backfill(open.id)) << "however long it takes";
}

TEST_F(HousekeepingCases, RemovesCallbacksOfEndedRunsByWhenTheyWereMade) {
    core::Dag dag;
    dag.dag_id = core::DagId("d");
    dag.version = "v";
    store_->save_dags({dag}, false, clock_.now());
    store::NewRun run;
    run.run.dag_id = dag.dag_id;
    run.run.run_id = core::RunId("r");
    run.run.dag_version = "v";
    run.run.state = core::RunState::success;
    run.run.end_date = clock_.now();
    store::Commit commit{.new_runs = {run}};
    for (int id = 1; id <= 3; ++id) {
        store::CallbackRecord call;
        call.id = id;
        call.key = {dag.dag_id, run.run.run_id, core::TaskId(""), -1};
        call.next_try_at = clock_.now();
        commit.callbacks.push_back(call);
    }
    ASSERT_TRUE(store_->commit(commit));
    for (int id = 1; id <= 2; ++id) {
        store::CallbackRecord call = commit.callbacks.at(static_cast<std::size_t>(id - 1));
        call.state = store::CallbackState::failed;
        call.next_try_at.reset();
        call.ended_at = clock_.now() - hours(id == 1 ? 50 : 1);
        store_->update_callback(call);
    }
    once({.records = hours(48)});
    const auto left = store_->list_callbacks({}).items;
    ASSERT_THAT(left, SizeIs(2));
    EXPECT_EQ(left[0].id, 2) << "it is young";
    EXPECT_EQ(left[1].id, 3) << "it was not made yet";
}

TEST_F(HousekeepingCases, WithoutAWarehouseNothingIsDropped) {
    skip_fires(1, 50);
    once({.records = hours(48), .staged = hours(1)});
    EXPECT_EQ(skipped(), 0U) << "the rest of the pass was made";
}

TEST_F(HousekeepingCases, AWarehouseThatIsAwayIsTheLastThingThatIsAsked) {
    skip_fires(1, 50);
    batches_ = {{named("one")}};
    write_data("one");
    drop_staged_ = [](core::Timestamp) { throw std::runtime_error("no route to host"); };
    EXPECT_THROW(
        once({.runs = hours(1), .records = hours(48), .staged = hours(1)}), std::runtime_error
    );
    EXPECT_EQ(skipped(), 0U);
    EXPECT_FALSE(fs::exists(data_of("one")));
}

TEST_F(HousekeepingCases, WhatFailedIsMadeUpForByTheNextPass) {
    skip_fires(2, 50);
    on_ask_ = [] { throw std::runtime_error("the database is away"); };
    EXPECT_THROW(once({.runs = hours(1), .records = hours(48)}), std::runtime_error);
    EXPECT_EQ(skipped(), 2U);
    on_ask_ = {};
    once({.runs = hours(1), .records = hours(48)});
    EXPECT_EQ(skipped(), 0U);
}

struct Setting {
    const char* variable;
    core::Duration Retention::* kept;
};

TEST(RetentionSettingsCases, ReadEachAgeInEveryUnitAndZeroForEver) {
    const Setting settings[] = {
        {"REEL__CORE__RETENTION_RUNS", &Retention::runs},
        {"REEL__CORE__RETENTION_XCOMS", &Retention::xcoms},
        {"REEL__CORE__RETENTION_LOGS", &Retention::logs},
        {"REEL__CORE__RETENTION_RECORDS", &Retention::records},
        {"REEL__WAREHOUSE__KEEP_FAILED_STAGING", &Retention::staged},
    };
    const std::pair<const char*, core::Duration> ages[] = {
        {"0s", {}},
        {"90m", hours(1) + std::chrono::minutes(30)},
        {"36h", hours(36)},
        {"2d", hours(48)}
    };
    for (const auto& [variable, kept] : settings) {
        for (const auto& [text, age] : ages) {
            const auto config = config::Config::load({{"REEL_HOME", "/nowhere"}, {variable, text}});
            ASSERT_TRUE(config) << variable << "=" << text << ": " << config.error().describe();
            EXPECT_EQ(read_retention(*config).*kept, age) << variable << "=" << text;
        }
    }
}

TEST(RetentionSettingsCases, RefuseWhatIsNoAge) {
    for (const char* text : {"soon", "-1d", "1x"}) {
        const auto config =
            config::Config::load({{"REEL_HOME", "/nowhere"}, {"REEL__CORE__RETENTION_RUNS", text}});
        ASSERT_FALSE(config) << text;
        EXPECT_THAT(config.error().message, HasSubstr("core.retention_runs")) << text;
    }
}

}  // namespace
}  // namespace reel::daemon
