
#include <gtest/gtest.h>

#include "command_case.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"
#include "support/test_cluster.hpp"

namespace reel::cli {

namespace {

/// `reel db …` on a database that is empty at first.
class DatabaseCommands : public CommandCase {
  protected:
    DatabaseCommands() {
        server_.database_uri = [this](const config::Config&, const std::string& name) {
            asked_ = name;
            return core::Result<std::string>(uri_);
        };
    }

    std::string uri_ = support::test_database();
    std::string asked_;
};

}  // namespace

TEST_F(DatabaseCommands, BringTheDatabaseUpAndSaySo) {
    EXPECT_EQ(run({"db", "check"}), 1);
    EXPECT_NE(err_.find("is at level 0 of "), std::string::npos) << err_;
    EXPECT_NE(err_.find("hint: `reel db migrate` brings it up"), std::string::npos);
    EXPECT_EQ(run({"db", "migrate"}), 0) << err_;
    EXPECT_EQ(out_.find("applied "), 0U) << out_;
    EXPECT_EQ(run({"db", "migrate"}), 0);
    EXPECT_EQ(out_, "the database is at the newest level\n");
    EXPECT_EQ(run({"db", "check"}), 0);
    EXPECT_EQ(out_.find("the database answers and is at level "), 0U);
    EXPECT_EQ(asked_, "metadata");
}

TEST_F(DatabaseCommands, ResetForgetsEverything) {
    ASSERT_EQ(run({"db", "migrate"}), 0);
    store::make_postgres_store(uri_)->set_variable({.key = "k", .value = "v", .description = ""});
    EXPECT_EQ(run({"db", "reset"}), 1) << "nobody can be asked";
    EXPECT_EQ(store::make_postgres_store(uri_)->list_variables({}).total, 1U);
    EXPECT_EQ(run({"db", "reset", "-y"}), 0) << err_;
    EXPECT_EQ(store::make_postgres_store(uri_)->list_variables({}).total, 0U);
    EXPECT_EQ(store::migration_level(uri_), static_cast<int>(store::all_migrations().size()));
}

TEST_F(DatabaseCommands, SayWhenTheDatabaseIsAway) {
    uri_ = "postgresql://me:hush@127.0.0.1:1/none?connect_timeout=1";
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"db", "check"}, {"db", "migrate"}, {"db", "reset", "-y"}
         }) {
        EXPECT_EQ(run(words), 1);
        EXPECT_EQ(err_.find("error: the database failed: "), 0U) << err_;
        EXPECT_EQ(err_.find("hush"), std::string::npos) << err_;
    }
}

TEST_F(DatabaseCommands, PrintTheUriOfEither) {
    EXPECT_EQ(run({"db", "url", "warehouse"}), 0);
    EXPECT_EQ(asked_, "warehouse");
    EXPECT_EQ(out_, uri_ + "\n");
}

}  // namespace reel::cli
