#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "daemon/catalog.hpp"
#include "support/manual_clock.hpp"
#include "unit/config/temporary_home.hpp"

namespace reel::daemon {
namespace {

namespace asio = boost::asio;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Takes DAGs as the scheduler does, and only that.
class DagTaker final : public scheduler::Scheduler {
  public:
    explicit DagTaker(store::RunStore& store) : store_(store) {}

    asio::awaitable<void> set_dags(scheduler::Dags dags) override {
        ids.clear();
        descriptions.clear();
        std::vector<core::Dag> values;
        for (const auto& dag : dags) {
            ids.push_back(dag->dag_id.str());
            descriptions.push_back(dag->description);
            values.push_back(*dag);
        }
        store_.save_dags(values, false, {});
        last = std::move(dags);
        co_return;
    }
    asio::awaitable<void> run() override { co_return; }
    void stop() override {}
    void interrupt_tasks() override {}
    void abandon() override {}
    [[nodiscard]] std::size_t live_attempts() const override { return 0; }
    asio::awaitable<core::Result<store::RunRecord>> trigger(scheduler::TriggerRequest) override {
        co_return store::RunRecord();
    }
    asio::awaitable<core::Result<void>> set_paused(core::DagId, bool) override {
        co_return core::Result<void>();
    }
    asio::awaitable<core::Result<store::RunRecord>> set_run_state(
        core::DagId, core::RunId, core::RunState
    ) override {
        co_return store::RunRecord();
    }
    asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> clear(
        core::DagId, std::vector<core::RunId>, scheduler::TaskSelection, bool
    ) override {
        co_return std::vector<store::TaskInstanceRecord>();
    }
    asio::awaitable<core::Result<std::vector<store::TaskInstanceRecord>>> mark(
        core::DagId, core::RunId, scheduler::TaskSelection, core::TaskState, bool
    ) override {
        co_return std::vector<store::TaskInstanceRecord>();
    }
    asio::awaitable<core::Result<store::RunRecord>> set_note(
        core::DagId, core::RunId, std::optional<scheduler::TaskName>, std::string
    ) override {
        co_return store::RunRecord();
    }
    asio::awaitable<core::Result<std::vector<scheduler::UnmetCondition>>> why(
        core::DagId, core::RunId, scheduler::TaskName
    ) override {
        co_return std::vector<scheduler::UnmetCondition>();
    }
    asio::awaitable<core::Result<store::BackfillRecord>> create_backfill(scheduler::BackfillRequest
    ) override {
        co_return store::BackfillRecord();
    }
    asio::awaitable<core::Result<std::vector<core::Timestamp>>> dry_run_backfill(
        scheduler::BackfillRequest
    ) override {
        co_return std::vector<core::Timestamp>();
    }
    asio::awaitable<core::Result<store::BackfillRecord>> set_backfill_paused(
        store::BackfillId, bool
    ) override {
        co_return store::BackfillRecord();
    }
    asio::awaitable<core::Result<store::BackfillRecord>> cancel_backfill(store::BackfillId
    ) override {
        co_return store::BackfillRecord();
    }
    asio::awaitable<std::vector<store::RunName>> remove_expired_runs(store::RunExpiry) override {
        co_return std::vector<store::RunName>();
    }
    asio::awaitable<core::Result<void>> set_pool(store::PoolRecord) override {
        co_return core::Result<void>();
    }
    asio::awaitable<core::Result<void>> delete_pool(std::string) override {
        co_return core::Result<void>();
    }
    asio::awaitable<core::Result<std::int64_t>> create_asset_event(std::string, core::JsonText)
        override {
        co_return 0;
    }
    asio::awaitable<core::Result<std::size_t>> delete_queued_events(scheduler::QueuedEventSelection
    ) override {
        co_return 0U;
    }
    asio::awaitable<core::Result<void>> delete_dag(core::DagId) override {
        co_return core::Result<void>();
    }
    [[nodiscard]] core::Timestamp latest_heartbeat() const override { return {}; }

    std::vector<std::string> ids;
    std::vector<std::string> descriptions;
    scheduler::Dags last;

  private:
    store::RunStore& store_;
};

/// The catalog over a folder that the test edits.
class CatalogRefresh : public ::testing::Test {
  protected:
    CatalogRefresh() { std::filesystem::create_directories(home_.path() / "dags"); }

    void write(const std::string& name, const std::string& description) const {
        home_.write(
            "dags/" + name + ".yaml",
            name + ":\n  description: " + description +
                "\n  tasks: [{task_id: a, operator: empty}]\n"
        );
    }
    void break_file(const std::string& name) const {
        home_.write(
            "dags/" + name + ".yaml", name + ":\n  tasks: [{task_id: a, operator: emty}]\n"
        );
    }
    Catalog catalog() {
        return {
            {.executor = io_.get_executor(),
             .pool = pool_,
             .store = *store_,
             .scheduler = taker_,
             .clock = clock_},
            home_.path() / "dags",
            {}
        };
    }
    void refresh(Catalog& catalog) {
        std::exception_ptr failure;
        asio::co_spawn(io_, catalog.refresh(), [&](const std::exception_ptr& error) {
            failure = error;
        });
        io_.restart();
        io_.run();
        if (failure) std::rethrow_exception(failure);
    }
    std::vector<std::string> files_with_errors() {
        std::vector<std::string> names;
        for (const auto& error : store_->list_import_errors({}).items) {
            EXPECT_EQ(error.at, clock_.now());
            EXPECT_THAT(error.stack_trace, HasSubstr(error.filename + ":2:"));
            EXPECT_THAT(error.stack_trace, HasSubstr("did you mean 'empty'?"));
            names.push_back(error.filename);
        }
        return names;
    }

    config::TemporaryHome home_;
    asio::io_context io_;
    async::BlockingPool pool_{1};
    support::ManualClock clock_;
    std::unique_ptr<store::RunStore> store_ = store::make_memory_store();
    DagTaker taker_{*store_};
};

TEST_F(CatalogRefresh, HandsOverWhatTheFolderHolds) {
    Catalog folder = catalog();
    refresh(folder);
    EXPECT_THAT(taker_.ids, IsEmpty());
    write("one", "first");
    write("two", "second");
    refresh(folder);
    EXPECT_THAT(taker_.ids, ElementsAre("one", "two"));
    EXPECT_THAT(files_with_errors(), IsEmpty());
}

TEST_F(CatalogRefresh, KeepsABrokenDagInServiceUntilItIsMendedOrGone) {
    Catalog folder = catalog();
    write("one", "old");
    write("two", "fine");
    refresh(folder);
    clock_.advance(std::chrono::hours(1));
    break_file("one");
    refresh(folder);
    EXPECT_THAT(taker_.ids, ElementsAre("two", "one"));
    EXPECT_THAT(taker_.descriptions, ElementsAre("fine", "old"));
    EXPECT_THAT(files_with_errors(), ElementsAre("one.yaml"));
    refresh(folder);
    EXPECT_THAT(taker_.descriptions, ElementsAre("fine", "old")) << "also at the second look";
    write("one", "new");
    refresh(folder);
    EXPECT_THAT(taker_.descriptions, ElementsAre("new", "fine"));
    EXPECT_THAT(files_with_errors(), IsEmpty());
    break_file("one");
    refresh(folder);
    std::filesystem::remove(home_.path() / "dags/one.yaml");
    refresh(folder);
    EXPECT_THAT(taker_.ids, ElementsAre("two"));
    EXPECT_THAT(files_with_errors(), IsEmpty());
}

TEST_F(CatalogRefresh, KnowsABrokenDagFromBeforeARestart) {
    write("one", "old");
    Catalog before = catalog();
    refresh(before);
    break_file("one");
    Catalog after = catalog();
    refresh(after);
    EXPECT_THAT(taker_.ids, ElementsAre("one"));
    EXPECT_THAT(taker_.descriptions, ElementsAre("old"));
    EXPECT_THAT(files_with_errors(), ElementsAre("one.yaml"));
}

TEST_F(CatalogRefresh, KnowsOfBeforeARestartNothingButWhatIsBrokenNow) {
    write("one", "old");
    write("two", "old");
    write("gone", "old");
    Catalog before = catalog();
    refresh(before);
    std::filesystem::remove(home_.path() / "dags/gone.yaml");
    break_file("one");
    Catalog after = catalog();
    refresh(after);
    EXPECT_THAT(taker_.ids, ElementsAre("two", "one"));
    break_file("two");
    refresh(after);
    EXPECT_THAT(taker_.ids, ElementsAre("two", "one"));
}

TEST_F(CatalogRefresh, TakesADagThatMovedToAnotherFileFromThere) {
    Catalog folder = catalog();
    write("one", "old");
    refresh(folder);
    break_file("one");
    home_.write(
        "dags/other.yaml", "one:\n  description: moved\n  tasks: [{task_id: a, operator: empty}]\n"
    );
    refresh(folder);
    EXPECT_THAT(taker_.descriptions, ElementsAre("moved"));
}

TEST_F(CatalogRefresh, HandsOverTheSameObjectsWhileTheirFilesAreAsTheyWere) {
    Catalog folder = catalog();
    write("one", "first");
    write("two", "second");
    clock_.set(core::SystemClock().now() + std::chrono::hours(1));
    refresh(folder);
    const auto before = taker_.last;
    write("two", "third");
    refresh(folder);
    ASSERT_THAT(taker_.last, testing::SizeIs(2));
    EXPECT_EQ(taker_.last[0], before[0]);
    EXPECT_NE(taker_.last[1], before[1]);
    EXPECT_THAT(taker_.descriptions, ElementsAre("first", "third"));
}

TEST_F(CatalogRefresh, AMistakeThatStaysIsStoredOnce) {
    Catalog folder = catalog();
    break_file("one");
    refresh(folder);
    const auto stored = store_->list_import_errors({}).items;
    clock_.advance(std::chrono::hours(1));
    refresh(folder);
    EXPECT_EQ(store_->list_import_errors({}).items.at(0).at, stored.at(0).at);
    home_.write("dags/one.yaml", "one:\n  tasks: [{task_id: a, operator: empti}]\n");
    refresh(folder);
    EXPECT_THAT(files_with_errors(), ElementsAre("one.yaml")) << "another one, of now";
}

TEST_F(CatalogRefresh, ABrokenDagThatNobodyKnewIsAnErrorAndNoDag) {
    break_file("one");
    Catalog folder = catalog();
    refresh(folder);
    EXPECT_THAT(taker_.ids, IsEmpty());
    EXPECT_THAT(files_with_errors(), ElementsAre("one.yaml"));
}

}  // namespace
}  // namespace reel::daemon
