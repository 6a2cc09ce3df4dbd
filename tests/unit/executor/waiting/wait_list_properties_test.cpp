// What must hold of a list of those that wait, whoever waits and whatever happens.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "executor/waiting/wait_list.hpp"

namespace reel::executor {

using namespace std::chrono_literals;
using Call = WaitList::Call;

namespace {

const core::Timestamp start{1000h};

/// The same for the same seed on every machine.
class Chance final {
  public:
    explicit Chance(std::uint32_t seed) : engine_(seed) {}
    int below(int count) { return static_cast<int>(engine_() % static_cast<unsigned>(count)); }
    core::Duration seconds(int most) { return std::chrono::seconds(below(most)); }
    std::optional<core::Timestamp> perhaps_within(int seconds_from_start) {
        return below(2) == 0 ? std::nullopt : std::optional(start + seconds(seconds_from_start));
    }
    WaitRules rules() {
        WaitRules rules;
        rules.poke_interval = 1s + seconds(60);
        rules.exponential_backoff = below(2) == 0;
        if (below(2) == 0) rules.max_wait = 1s + seconds(200);
        return rules;
    }

  private:
    std::mt19937 engine_;
};

struct Sleeper {
    core::Timestamp moment;
    std::optional<core::Timestamp> deadline;
    int calls = 0;
};

/// The list's next_due() is the earliest of all its members' due_of().
void expect_earliest(const WaitList& list, core::AttemptId most, std::uint32_t seed) {
    std::optional<core::Timestamp> earliest;
    for (core::AttemptId id = 0; id < most; ++id) {
        const auto due = list.due_of(id);
        if (due && (!earliest || *due < *earliest)) earliest = due;
    }
    EXPECT_EQ(list.next_due(), earliest) << "seed " << seed;
}

}  // namespace

TEST(WaitListProperties, EverySleeperIsCalledOnceAndInTime) {
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
        Chance chance(seed);
        WaitList list;
        std::map<core::AttemptId, Sleeper> sleepers;
        for (core::AttemptId id = 0; id < 30; ++id) {
            const Sleeper sleeper{start + chance.seconds(3600), chance.perhaps_within(3600)};
            sleepers[id] = sleeper;
            list.add_sleeper(id, sleeper.moment, sleeper.deadline);
        }
        core::Timestamp before = start - 1s;
        for (core::Timestamp now = start; before < start + 1h; now += chance.seconds(120)) {
            for (const auto& [id, call] : list.take_due(now)) {
                Sleeper& sleeper = sleepers.at(id);
                ++sleeper.calls;
                const auto due =
                    std::min(sleeper.moment, sleeper.deadline.value_or(sleeper.moment));
                EXPECT_LE(due, now) << "seed " << seed;
                EXPECT_GT(due, before) << "not later than at the first look at the clock";
                EXPECT_EQ(call, sleeper.moment <= now ? Call::moment : Call::deadline);
            }
            before = now;
        }
        for (const auto& [id, sleeper] : sleepers) EXPECT_EQ(sleeper.calls, 1) << "seed " << seed;
        EXPECT_EQ(list.size(), 0U);
    }
}

TEST(WaitListProperties, ALookerKeepsItsIntervalsAndLooksLastAtItsDeadline) {
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
        Chance chance(seed);
        const WaitRules rules = chance.rules();
        const core::Timestamp deadline = start + 1s + chance.seconds(3600);
        WaitList list;
        list.add_looker(7, rules, deadline, start);
        core::Timestamp now = start;
        int looks = 0;
        while (list.size() > 0) {
            ASSERT_EQ(list.take_due(now).size(), 1U) << "seed " << seed;
            ++looks;
            if (!list.looked(7, now)) break;
            const auto due = list.due_of(7);
            ASSERT_TRUE(due);
            EXPECT_EQ(*due, std::min(now + pause_after(rules, looks), deadline)) << "seed " << seed;
            now = *due;
        }
        EXPECT_EQ(now, deadline) << "seed " << seed;
        EXPECT_EQ(list.next_due(), std::nullopt);
    }
}

TEST(WaitListProperties, PausesNeverShrinkNorPassTheirBounds) {
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
        const WaitRules rules = Chance(seed).rules();
        core::Duration before = core::Duration::zero();
        for (int looks = 1; looks < 50; ++looks) {
            const core::Duration pause = pause_after(rules, looks);
            EXPECT_GE(pause, before) << "seed " << seed;
            EXPECT_GE(pause, 100ms);
            EXPECT_LE(pause, core::Duration(7 * 24h));
            if (rules.exponential_backoff && rules.max_wait) EXPECT_LE(pause, *rules.max_wait);
            if (!rules.exponential_backoff) EXPECT_EQ(pause, rules.poke_interval);
            before = pause;
        }
    }
}

namespace {

/// Members come, go, look and are told to look, in any order.
class Bustle final {
  public:
    explicit Bustle(std::uint32_t seed) : chance_(seed) {}

    static constexpr core::AttemptId most = 12;

    void step() {
        const auto id = static_cast<core::AttemptId>(chance_.below(most));
        switch (chance_.below(6)) {
            case 0:
                list.add_looker(id, chance_.rules(), chance_.perhaps_within(3000), now);
                return put(id, true);
            case 1:
                list.add_sleeper(id, start + chance_.seconds(3000), chance_.perhaps_within(3000));
                return put(id, false);
            case 2:
                list.remove(id);
                members.erase(id);
                return;
            case 3:
                return list.look_now(id, now);
            case 4:
                return end_look(id);
            default:
                now += chance_.seconds(100);
                return take();
        }
    }

    WaitList list;
    core::Timestamp now = start;
    std::map<core::AttemptId, bool> members;  ///< whether it looks now, by attempt
    std::map<core::AttemptId, bool> is_looker;

  private:
    void put(core::AttemptId id, bool looker) {
        members[id] = false;
        is_looker[id] = looker;
    }

    void take() {
        for (const auto& [id, call] : list.take_due(now)) {
            ASSERT_TRUE(members.contains(id)) << "who was removed is never due";
            EXPECT_EQ(call == Call::look, is_looker.at(id));
            EXPECT_FALSE(members.at(id)) << "nobody looks twice at one time";
            if (call == Call::look) {
                members[id] = true;
            } else {
                members.erase(id);
            }
        }
    }

    void end_look(core::AttemptId id) {
        const auto found = members.find(id);
        if (found == members.end() || !found->second) return;
        found->second = false;
        if (!list.looked(id, now)) members.erase(found);
    }

    Chance chance_;
};

}  // namespace

TEST(WaitListProperties, WhateverHappensItKnowsWhoIsNext) {
    for (std::uint32_t seed = 0; seed < 100; ++seed) {
        Bustle bustle(seed);
        for (int step = 0; step < 300; ++step) {
            bustle.step();
            ASSERT_EQ(bustle.list.size(), bustle.members.size()) << "seed " << seed;
            expect_earliest(bustle.list, Bustle::most, seed);
            for (const auto& [id, looks] : bustle.members) {
                EXPECT_NE(bustle.list.due_of(id).has_value(), looks) << "seed " << seed;
            }
        }
    }
}

TEST(WaitListProperties, ThoseThatAreDueComeByTheirTime) {
    for (std::uint32_t seed = 0; seed < 100; ++seed) {
        Chance chance(seed);
        WaitList list;
        std::map<core::AttemptId, core::Timestamp> moments;
        for (core::AttemptId id = 0; id < 20; ++id) {
            moments[id] = start + chance.seconds(10);
            list.add_sleeper(id, moments[id], std::nullopt);
        }
        const auto due = list.take_due(start + 1h);
        ASSERT_EQ(due.size(), 20U);
        EXPECT_TRUE(std::ranges::is_sorted(
            due,
            {},
            [&](const WaitList::Due& each) {
                return std::pair(moments.at(each.attempt), each.attempt);
            }
        )) << "seed "
           << seed;
    }
}

}  // namespace reel::executor
