#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "scheduler/asset_queues.hpp"
#include "support/dice.hpp"

namespace reel::scheduler {
namespace {

using store::QueuedAssetEvent;

const std::vector<core::DagId> dag_ids{core::DagId("x"), core::DagId("y"), core::DagId("z")};
const std::vector<std::string> uris{"a", "b", "c"};
const std::vector<const char*> conditions{
    "a", "b | c", "a & b", "a & b & c", "(a | b) & c", "a | (b & c)", "a & a"
};

/// The queues as slowly as can be: a list of events, gone through for every question.
class PlainQueues final {
  public:
    std::map<core::DagId, core::AssetExpression> waiting;
    std::vector<QueuedAssetEvent> events;

    void add(const QueuedAssetEvent& event) {
        if (!holds(event.dag_id, event.event_id)) events.push_back(event);
    }

    [[nodiscard]] bool holds(const core::DagId& dag_id, std::int64_t id) const {
        return std::ranges::any_of(events, [&](const auto& event) {
            return event.dag_id == dag_id && event.event_id == id;
        });
    }

    [[nodiscard]] bool is_met(const core::DagId& dag_id) const {
        const auto condition = waiting.find(dag_id);
        if (condition == waiting.end()) return false;
        return core::is_met(condition->second, [&](const std::string& uri) {
            return std::ranges::any_of(events, [&](const auto& event) {
                return event.dag_id == dag_id && event.uri == uri;
            });
        });
    }

    [[nodiscard]] std::vector<core::DagId> waiting_for(const std::string& uri) const {
        std::vector<core::DagId> ids;
        for (const auto& [dag_id, condition] : waiting) {
            for (const core::Asset& asset : core::assets_of(condition)) {
                if (asset.uri == uri) ids.push_back(dag_id);
            }
        }
        return ids;
    }

    template <class IsMeant>
    std::multiset<std::int64_t> remove_if(IsMeant is_meant) {
        std::multiset<std::int64_t> ids;
        for (const auto& event : events) {
            if (is_meant(event)) ids.insert(event.event_id);
        }
        std::erase_if(events, is_meant);
        return ids;
    }
};

/// One chance of everything that can happen to queues, and the same to the plain ones.
class Both final {
  public:
    explicit Both(std::uint32_t seed) : dice_(seed) {}

    void step() {
        const core::DagId dag_id = dice_.pick(dag_ids);
        switch (dice_.below(8)) {
            case 0:
                return wait(dag_id);
            case 1:
                return take(dag_id);
            case 2:
                return remove();
            default:
                return add(dag_id);
        }
    }

    void compare() const {
        for (const core::DagId& dag_id : dag_ids) {
            EXPECT_EQ(queues_.is_met(dag_id), plain_.is_met(dag_id)) << dag_id.str();
        }
        for (const std::string& uri : uris) {
            EXPECT_EQ(queues_.waiting_for(uri), plain_.waiting_for(uri)) << uri;
        }
    }

    int met = 0;  ///< how often it was met when its queue was emptied

  private:
    void wait(const core::DagId& dag_id) {
        if (dice_.one_in(4)) {
            queues_.wait_for(dag_id, std::nullopt);
            plain_.waiting.erase(dag_id);
            return;
        }
        const auto condition = core::parse_asset_condition(dice_.pick(conditions)).value();
        queues_.wait_for(dag_id, condition);
        plain_.waiting.insert_or_assign(dag_id, condition);
    }

    void add(const core::DagId& dag_id) {
        const int id = 1 + dice_.below(40);
        const QueuedAssetEvent event{
            .dag_id = dag_id,
            .event_id = id,
            .uri = uris[static_cast<std::size_t>(id) % uris.size()],
            .timestamp = core::Timestamp(std::chrono::seconds(id)),
            .source = {}
        };
        queues_.add(event);
        plain_.add(event);
    }

    void take(const core::DagId& dag_id) {
        if (plain_.is_met(dag_id)) ++met;
        const auto ids = queues_.take(dag_id);
        EXPECT_TRUE(std::ranges::is_sorted(ids)) << "the earliest first";
        const auto expected = plain_.remove_if([&](const auto& e) { return e.dag_id == dag_id; });
        EXPECT_EQ(std::multiset(ids.begin(), ids.end()), expected);
    }

    void remove() {
        const std::string uri = dice_.pick(uris);
        const core::Timestamp before(std::chrono::seconds(dice_.below(40)));
        const auto is_meant = [&](const QueuedAssetEvent& event) {
            return event.uri == uri && event.timestamp < before;
        };
        std::multiset<std::int64_t> removed;
        for (const auto& event : queues_.remove_if(is_meant)) removed.insert(event.event_id);
        EXPECT_EQ(removed, plain_.remove_if(is_meant));
    }

    Dice dice_;
    AssetQueues queues_;
    PlainQueues plain_;
};

TEST(AssetQueuesProperties, AreLikeAPlainListOfEvents) {
    int met = 0;
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Both both(seed);
        for (int i = 0; i < 150; ++i) {
            both.step();
            both.compare();
            if (::testing::Test::HasFailure()) return;
        }
        met += both.met;
    }
    EXPECT_GT(met, 100) << "or it says little";
}

}  // namespace
}  // namespace reel::scheduler
