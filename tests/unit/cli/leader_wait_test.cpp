#include <gmock/gmock.h>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

/// A server without a scheduler that leads, until somebody does.
class LeaderWait : public CliTest {
  protected:
    LeaderWait() {
        const auto lead = services_.leader;
        services_.leader = [this, lead] { return leads_ ? lead() : nullptr; };
        application_ = std::make_unique<api::Application>(services_);
    }

    bool leads_ = false;
};

TEST_F(LeaderWait, EndsWhenSomebodyLeads) {
    on_pause_ = [this](int number) {
        leads_ = number == 60;
        return false;
    };
    EXPECT_EQ(run({"dags", "pause", "movies"}), 0) << err_;
    EXPECT_EQ(err_, "no scheduler leads at present; waiting for one\n");
    EXPECT_TRUE(store_->get_dag(core::DagId("movies"))->is_paused);
}

TEST_F(LeaderWait, IsSilentWhereItIsShort) {
    on_pause_ = [this](int number) {
        leads_ = number == 10;
        return false;
    };
    EXPECT_EQ(run({"dags", "pause", "movies"}), 0) << err_;
    EXPECT_EQ(err_, "");
}

TEST_F(LeaderWait, LastsHalfAMinute) {
    const auto begun = clock_.now();
    on_pause_ = [](int) { return false; };
    EXPECT_EQ(run({"dags", "pause", "movies"}), 1);
    EXPECT_THAT(err_, testing::HasSubstr("error: No scheduler leads at present"));
    EXPECT_EQ(clock_.now() - begun, std::chrono::seconds(30));
}

TEST_F(LeaderWait, EndsWithCtrlC) {
    EXPECT_EQ(run({"dags", "pause", "movies"}), 1);
    EXPECT_THAT(err_, testing::HasSubstr("No scheduler leads at present"));
    EXPECT_EQ(calls_.size(), 1U);
}

TEST_F(LeaderWait, IsNoMatterOfWhatOnlyReads) {
    EXPECT_EQ(run({"dags", "list"}), 0) << err_;
    EXPECT_EQ(calls_.size(), 1U);
}

}  // namespace
}  // namespace reel::cli
