#include <gmock/gmock.h>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class CallbacksCli : public CliTest {
  protected:
    CallbacksCli() {
        save(api::movies_dag());
        add_run("r1");
        add(1, "load", core::CallbackEvent::failure);
        add(2, "", core::CallbackEvent::success);
    }

    void add(std::int64_t id, const std::string& task, core::CallbackEvent event) {
        store::CallbackRecord record;
        record.id = id;
        record.key = {core::DagId("movies"), core::RunId("r1"), core::TaskId(task), -1};
        record.event = event;
        record.created_at = clock_.now();
        record.next_try_at = clock_.now();
        ASSERT_TRUE(store_->commit({.callbacks = {record}}));
    }
};

}  // namespace

TEST_F(CallbacksCli, ListsTheLatestFirst) {
    const auto listed = run_json({"callbacks", "list"});
    ASSERT_THAT(listed, SizeIs(2));
    EXPECT_EQ(listed[0]["id"], 2);
    EXPECT_EQ(listed[1]["task_id"], "load");
    EXPECT_EQ(run({"callbacks", "list"}), 0);
    EXPECT_THAT(out_, HasSubstr("dag_run_id"));
    EXPECT_THAT(out_, HasSubstr("pending"));
}

TEST_F(CallbacksCli, PassesOnEveryFilter) {
    const auto ids = [this](std::vector<std::string> flags) {
        std::vector<std::string> words{"callbacks", "list"};
        words.insert(words.end(), flags.begin(), flags.end());
        return run_json(words).size();
    };
    EXPECT_EQ(ids({"--dag-id", "movies"}), 2U);
    EXPECT_EQ(ids({"-d", "other"}), 0U);
    EXPECT_EQ(ids({"--run-id", "r1", "--task-id", "load"}), 1U);
    EXPECT_EQ(ids({"--event", "success"}), 1U);
    EXPECT_EQ(ids({"--state", "failed"}), 0U);
    EXPECT_EQ(ids({"--limit", "1"}), 1U);
}

TEST_F(CallbacksCli, RefusesWhatIsNoStateOrEvent) {
    for (const std::vector<std::string>& flags :
         {std::vector<std::string>{"--state", "done"},
          {"--event", "sla"},
          {"--limit", "0"},
          {"--dag-id", ""}}) {
        std::vector<std::string> words{"callbacks", "list"};
        words.insert(words.end(), flags.begin(), flags.end());
        EXPECT_NE(run(words), 0) << flags[0];
        EXPECT_THAT(err_, HasSubstr("error: "));
    }
}

TEST_F(CallbacksCli, SaysWhatItCanDo) {
    EXPECT_EQ(run({"callbacks", "list", "--help"}), 0);
    EXPECT_THAT(out_, HasSubstr("execute, success, failure, retry, skipped or deadline"));
    EXPECT_THAT(out_, Not(HasSubstr("IN {")));
}

}  // namespace reel::cli
