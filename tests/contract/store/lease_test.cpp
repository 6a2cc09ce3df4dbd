#include <gmock/gmock.h>

#include <functional>

#include "contract/store/fixture.hpp"

namespace reel::store {

namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

/// Long enough not to be over, short enough to be.
constexpr core::Duration long_lease = hours(1);
constexpr core::Duration no_time = core::Duration::zero();

LeaseHolder holder(const std::string& home) {
    return {.hostname = "host of " + home, .pid = 42, .home = home, .address = "127.0.0.1:8080"};
}

TEST_P(RunStoreContract, AtFirstNobodyHoldsTheLease) {
    const LeaseRecord lease = store->read_lease();
    EXPECT_EQ(lease.epoch, 0);
    EXPECT_EQ(lease.holder, LeaseHolder{});
    EXPECT_FALSE(lease.is_held());
    EXPECT_THAT(store->list_terms(), IsEmpty());
}

TEST_P(RunStoreContract, WhoeverComesFirstHoldsTheLease) {
    const auto won = store->acquire_lease(holder("a"), long_lease, {});
    ASSERT_TRUE(won);
    EXPECT_EQ(won->epoch, 1);
    EXPECT_EQ(won->holder, holder("a"));
    EXPECT_EQ(won->remaining, long_lease);
    EXPECT_EQ(won->renewed_at, won->acquired_at);
    EXPECT_FALSE(store->acquire_lease(holder("b"), long_lease, {}));
    const LeaseRecord seen = store->read_lease();
    EXPECT_EQ(seen.epoch, 1);
    EXPECT_EQ(seen.holder, holder("a"));
    EXPECT_EQ(seen.acquired_at, won->acquired_at);
    EXPECT_TRUE(seen.is_held());
    EXPECT_LE(seen.remaining, long_lease);
}

TEST_P(RunStoreContract, TheHolderItselfGetsNoSecondTermWhileItHoldsOne) {
    ASSERT_TRUE(store->acquire_lease(holder("a"), long_lease, {}));
    EXPECT_FALSE(store->acquire_lease(holder("a"), long_lease, {}));
    EXPECT_EQ(store->read_lease().epoch, 1);
}

TEST_P(RunStoreContract, ALeaseThatIsOverIsTheNextOnes) {
    ASSERT_TRUE(store->acquire_lease(holder("a"), no_time, {}));
    EXPECT_FALSE(store->read_lease().is_held());
    const auto won = store->acquire_lease(holder("b"), long_lease, {});
    ASSERT_TRUE(won);
    EXPECT_EQ(won->epoch, 2);
    EXPECT_EQ(store->read_lease().holder, holder("b"));
}

TEST_P(RunStoreContract, ARenewalIsForTheTermThatIsNotOver) {
    ASSERT_TRUE(store->acquire_lease(holder("a"), seconds(60), {}));
    EXPECT_TRUE(store->renew_lease(1, long_lease));
    const LeaseRecord seen = store->read_lease();
    EXPECT_GT(seen.remaining, seconds(60));
    EXPECT_GE(seen.renewed_at, seen.acquired_at);
    EXPECT_FALSE(store->renew_lease(2, long_lease));
    EXPECT_FALSE(store->renew_lease(0, long_lease));
    EXPECT_TRUE(store->renew_lease(1, no_time));
    EXPECT_FALSE(store->renew_lease(1, long_lease)) << "it has run out";
    EXPECT_FALSE(store->read_lease().is_held());
}

TEST_P(RunStoreContract, ReleasedItIsFreeAtOnce) {
    ASSERT_TRUE(store->acquire_lease(holder("a"), long_lease, {}));
    store->release_lease(1);
    EXPECT_FALSE(store->read_lease().is_held());
    EXPECT_FALSE(store->renew_lease(1, long_lease));
    ASSERT_TRUE(store->acquire_lease(holder("b"), long_lease, {}));
    store->release_lease(1);
    EXPECT_TRUE(store->read_lease().is_held()) << "a late word of the former term";
}

TEST_P(RunStoreContract, ADeadHolderIsNotWaitedForButOnlyThatOne) {
    ASSERT_TRUE(store->acquire_lease(holder("a"), long_lease, {}));
    EXPECT_FALSE(store->acquire_lease(holder("b"), long_lease, 0));
    EXPECT_FALSE(store->acquire_lease(holder("b"), long_lease, 2));
    ASSERT_TRUE(store->acquire_lease(holder("b"), long_lease, 1));
    EXPECT_FALSE(store->acquire_lease(holder("c"), long_lease, 1)) << "b was faster";
    EXPECT_EQ(store->read_lease().holder, holder("b"));
}

TEST_P(RunStoreContract, EachTermIsNotedWithTheFirstAttemptThatItMayGiveOut) {
    ASSERT_TRUE(store->acquire_lease(holder("a"), no_time, {}));
    const core::AttemptId first = store->reserve_attempts(10);
    ASSERT_TRUE(store->acquire_lease(holder("b"), no_time, {}));
    store->reserve_attempts(5);
    ASSERT_TRUE(store->acquire_lease(holder("a"), long_lease, {}));
    const auto terms = store->list_terms();
    ASSERT_EQ(terms.size(), 3U);
    EXPECT_THAT(
        terms,
        ElementsAre(
            Field(&TermRecord::home, "a"),
            Field(&TermRecord::home, "b"),
            Field(&TermRecord::home, "a")
        )
    );
    EXPECT_EQ(terms[0].first_attempt, first);
    EXPECT_EQ(terms[1].first_attempt, first + 10);
    EXPECT_EQ(terms[2].first_attempt, first + 15);
    EXPECT_GE(terms[0].since_end.value(), terms[1].since_end.value());
    EXPECT_FALSE(terms[2].since_end) << "it is not over";
}

/// Every verb that only a scheduler uses.
std::vector<std::pair<std::string, std::function<void(RunStore&)>>> verbs_of_the_leader() {
    NewRun run = a_run("movies", "fenced", 5);
    return {
        {"reserve_attempts", [](RunStore& store) { store.reserve_attempts(1); }},
        {"begin",
         [run](RunStore& store) { static_cast<void>(begin_or_commit(store, {.new_runs = {run}})); }
        },
        {"commit", [run](RunStore& store) { static_cast<void>(store.commit({.new_runs = {run}})); }
        },
        {"commit of what goes step by step",
         [](RunStore& store) {
             Commit commit;
             commit.backfills.push_back({.dag_id = core::DagId("movies")});
             static_cast<void>(store.commit(commit));
         }},
        {"save_dags", [](RunStore& store) { store.save_dags({a_dag("other")}, true, at(0)); }},
        {"mark_stale_except", [](RunStore& store) { store.mark_stale_except({}); }},
        {"save_import_errors",
         [](RunStore& store) { store.save_import_errors({{.filename = "f", .at = at(0)}}); }},
        {"update_callback", [](RunStore& store) { store.update_callback({.id = 1}); }},
        {"set_paused",
         [](RunStore& store) { static_cast<void>(store.set_paused(core::DagId("movies"), true)); }},
        {"set_next_runs",
         [](RunStore& store) { store.set_next_runs({{core::DagId("movies"), at(1)}}); }},
        {"delete_dag",
         [](RunStore& store) { static_cast<void>(store.delete_dag(core::DagId("movies"))); }},
        {"create_backfill",
         [](RunStore& store) {
             BackfillRecord backfill;
             backfill.dag_id = core::DagId("movies");
             static_cast<void>(store.create_backfill(backfill, {}));
         }},
        {"delete_runs", [](RunStore& store) { store.delete_runs({}); }},
        {"delete_expired", [](RunStore& store) { store.delete_expired({Remains::xcom, at(0), 1}); }
        },
        {"set_pool", [](RunStore& store) { store.set_pool({.name = "db", .slots = 1}); }},
        {"delete_pool", [](RunStore& store) { static_cast<void>(store.delete_pool("db")); }},
    };
}

TEST_P(RunStoreContract, WithinItsTermASchedulerWritesWhatItLikes) {
    ASSERT_TRUE(store->acquire_lease(holder("a"), long_lease, {}));
    store->fence(1);
    save_dag("movies");
    for (const auto& [name, call] : verbs_of_the_leader()) {
        EXPECT_NO_THROW(call(*store)) << name;
    }
}

TEST_P(RunStoreContract, AfterItsTermASchedulerWritesNothing) {
    save_dag("movies");
    ASSERT_TRUE(store->acquire_lease(holder("a"), no_time, {}));
    store->fence(1);
    start_run("movies", "r1");
    ASSERT_TRUE(store->acquire_lease(holder("b"), long_lease, {}));
    for (const auto& [name, call] : verbs_of_the_leader()) {
        EXPECT_THROW(call(*store), LostLeadership) << name;
    }
    EXPECT_EQ(store->list_runs({}).total, 1U);
    EXPECT_THAT(store->list_import_errors({}).items, IsEmpty());
    const auto dags = store->list_dags({});
    ASSERT_EQ(dags.total, 1U);
    EXPECT_FALSE(dags.items.front().is_paused);
    EXPECT_FALSE(dags.items.front().next_run_after);
    EXPECT_EQ(code_of(store->get_pool("db")), core::Errc::not_found);
    EXPECT_THAT(store->list_backfills({}, {}).items, IsEmpty());
}

TEST_P(RunStoreContract, AfterAFencedCommitTheStoreGoesOnForWhoeverLeads) {
    save_dag("movies");
    ASSERT_TRUE(store->acquire_lease(holder("a"), no_time, {}));
    ASSERT_TRUE(store->acquire_lease(holder("b"), long_lease, {}));
    store->fence(1);
    EXPECT_THROW(
        static_cast<void>(store->commit({.new_runs = {a_run("movies", "r1")}})), LostLeadership
    );
    store->fence(2);
    EXPECT_TRUE(store->commit({.new_runs = {a_run("movies", "r1")}}));
}

TEST_P(RunStoreContract, ALeaseThatIsOverAndNobodysStillLetsItsSchedulerWrite) {
    save_dag("movies");
    ASSERT_TRUE(store->acquire_lease(holder("a"), no_time, {}));
    store->fence(1);
    EXPECT_TRUE(store->commit({.new_runs = {a_run("movies", "r1")}}))
        << "nobody else has read anything yet";
}

}  // namespace

}  // namespace reel::store
