#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

class VariablesCli : public CliTest {};
class ConnectionsCli : public CliTest {};
class LocalCli : public CliTest {};

class NoTransport final : public Transport {
  public:
    core::Result<HttpReply> send(const HttpCall&) override {
        return core::fail(core::Errc::unavailable, "nobody is there");
    }
};

}  // namespace

TEST_F(VariablesCli, SetGetListDelete) {
    EXPECT_EQ(run({"variables", "set", "a/b", "1", "--description", "d"}), 0) << err_;
    EXPECT_EQ(out_, "set a/b\n");
    EXPECT_EQ(run({"variables", "set", "a/b", "2"}), 0) << err_;
    EXPECT_EQ(run({"variables", "get", "a/b"}), 0);
    EXPECT_EQ(out_, "2\n");
    const auto listed = run_json({"variables", "list"});
    EXPECT_EQ(listed[0]["key"], "a/b");
    EXPECT_EQ(listed[0]["description"], "d");
    EXPECT_EQ(run({"variables", "delete", "a/b"}), 0);
    EXPECT_EQ(run({"variables", "get", "a/b"}), 1);
    EXPECT_NE(err_.find("error: The Variable with key: `a/b` was not found"), std::string::npos);
    EXPECT_EQ(run({"variables", "delete", "a/b"}), 1);
    EXPECT_EQ(run({"variables", "get", "a/b", "-d", "none"}), 0);
    EXPECT_EQ(out_, "none\n");
}

TEST_F(VariablesCli, ListsMoreThanAPage) {
    for (int i = 0; i < 230; ++i) {
        store_->set_variable({.key = "k" + std::to_string(i), .value = "v", .description = ""});
    }
    EXPECT_EQ(run_json({"variables", "list"}).size(), 230U);
}

TEST_F(VariablesCli, ChecksJsonWhenAsked) {
    EXPECT_EQ(run({"variables", "set", "j", R"({"a":1})", "-j"}), 0);
    EXPECT_EQ(run({"variables", "get", "j", "-j"}), 0);
    EXPECT_EQ(out_, "{\n  \"a\": 1\n}\n");
    EXPECT_EQ(run({"variables", "set", "j", "{", "-j"}), 1);
    EXPECT_EQ(run({"variables", "set", "t", "text"}), 0);
    EXPECT_EQ(run({"variables", "get", "t", "-j"}), 1);
}

TEST_F(ConnectionsCli, AddsInThreeWays) {
    EXPECT_EQ(run({"connections", "add", "u", "--conn-uri", "postgres://me:hush@db:5433/films"}), 0)
        << err_;
    EXPECT_EQ(
        run({"connections", "add", "j", "--conn-json", R"({"conn_type": "http", "host": "h"})"}), 0
    ) << err_;
    EXPECT_EQ(
        run(
            {"connections",
             "add",
             "p",
             "--conn-type",
             "postgres",
             "--conn-host",
             "db",
             "--conn-port",
             "5432",
             "--conn-login",
             "me",
             "--conn-password",
             "hush",
             "--conn-schema",
             "films",
             "--conn-extra",
             R"({"sslmode": "require"})",
             "--conn-description",
             "d"}
        ),
        0
    ) << err_;
    const auto u = store_->get_connection("u").value();
    EXPECT_EQ(u.host + ":" + std::to_string(u.port.value()) + "/" + u.schema, "db:5433/films");
    EXPECT_EQ(u.password, "hush");
    EXPECT_EQ(store_->get_connection("j")->conn_type, "http");
    const auto p = store_->get_connection("p").value();
    EXPECT_EQ(p.port, 5432);
    EXPECT_EQ(p.description, "d");
    EXPECT_EQ(run({"connections", "add", "p", "--conn-type", "x"}), 1);
    EXPECT_NE(err_.find("already exists"), std::string::npos);
}

TEST_F(ConnectionsCli, ReadsAUriFromStdin) {
    input_ = "postgres://me:hush@db/films\n";
    EXPECT_EQ(run({"connections", "add", "u", "--conn-uri", "-"}), 0) << err_;
    EXPECT_EQ(store_->get_connection("u")->password, "hush");
}

TEST_F(ConnectionsCli, RefusesHalfADescription) {
    EXPECT_EQ(run({"connections", "add", "c"}), 1);
    EXPECT_NE(err_.find("hint: give --conn-uri"), std::string::npos);
    EXPECT_EQ(run({"connections", "add", "c", "--conn-type", "x", "--conn-extra", "{"}), 1);
    EXPECT_NE(err_.find("--conn-extra is not valid JSON"), std::string::npos);
    EXPECT_EQ(run({"connections", "add", "c", "--conn-uri", "not a uri with hush"}), 1);
    EXPECT_EQ(err_.find("hush"), std::string::npos) << err_;
}

TEST_F(ConnectionsCli, ShowsNoSecret) {
    ASSERT_EQ(run({"connections", "add", "u", "--conn-uri", "postgres://me:hush@db/films"}), 0);
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"connections", "list"}, {"connections", "get", "u"}
         }) {
        for (const char* const format : {"table", "json", "yaml", "plain"}) {
            auto all = words;
            all.insert(all.end(), {"-o", format});
            EXPECT_EQ(run(all), 0) << err_;
            EXPECT_EQ(out_.find("hush"), std::string::npos) << out_;
            EXPECT_NE(out_.find("***"), std::string::npos) << out_;
        }
    }
}

TEST_F(ConnectionsCli, TestsAndDeletes) {
    ASSERT_EQ(run({"connections", "add", "good", "--conn-uri", "postgres://me:right@db/films"}), 0);
    ASSERT_EQ(run({"connections", "add", "bad", "--conn-uri", "postgres://me:wrong@db/films"}), 0);
    EXPECT_EQ(run({"connections", "test", "good"}), 0) << err_;
    EXPECT_EQ(out_, "PostgreSQL 15\n");
    EXPECT_EQ(run({"connections", "test", "bad"}), 1);
    EXPECT_EQ(err_, "error: bad: connection refused\n");
    EXPECT_EQ(run({"connections", "test", "none"}), 1);
    EXPECT_EQ(run({"connections", "delete", "bad"}), 0);
    EXPECT_EQ(run({"connections", "delete", "bad"}), 1);
    EXPECT_EQ(run({"connections", "get", "bad"}), 1);
}

TEST_F(LocalCli, ListsTheConfigurationWithoutSecretsOrAServer) {
    environment_["REEL__DATABASE__URL"] = "postgresql://me:hush@db/reel";
    environment_["REEL__API__PORT"] = "9999";
    const auto options = run_json({"config", "list"});
    EXPECT_EQ(out_.find("hush"), std::string::npos);
    const auto find = [&](const std::string& section, const std::string& key) {
        for (const auto& each : options) {
            if (each["section"] == section && each["key"] == key) return each;
        }
        return nlohmann::json();
    };
    EXPECT_EQ(find("database", "url")["value"], "***");
    EXPECT_EQ(find("api", "port")["value"], "9999");
    EXPECT_EQ(find("api", "port")["origin"], "environment");
    EXPECT_EQ(find("api", "port")["default"], "8080");
    EXPECT_EQ(find("api", "host")["origin"], "default");
    EXPECT_TRUE(calls_.empty());
    EXPECT_EQ(run({"config", "list"}), 0);
    EXPECT_NE(out_.find("section"), std::string::npos);
}

TEST_F(LocalCli, PrintsOneOption) {
    EXPECT_EQ(run({"config", "get-value", "api", "port"}), 0);
    EXPECT_EQ(out_, "8080\n");
    environment_["REEL__DATABASE__URL"] = "postgresql://me:hush@db/reel";
    EXPECT_EQ(run({"config", "get-value", "database", "url"}), 0);
    EXPECT_EQ(out_, "***\n");
    EXPECT_EQ(run({"config", "get-value", "api", "prot"}), 1);
    EXPECT_NE(err_.find("hint: did you mean 'api port'?"), std::string::npos) << err_;
}

TEST_F(LocalCli, TriesACronExpressionOut) {
    const auto fires = run_json(
        {"cron",
         "next",
         "30 2 * * *",
         "--timezone",
         "Europe/Berlin",
         "--after",
         "2026-03-27",
         "-n",
         "3"}
    );
    ASSERT_EQ(fires.size(), 3U);
    EXPECT_EQ(fires[0]["run_after"], "2026-03-27T01:30:00Z");
    EXPECT_EQ(fires[0]["local_time"], "2026-03-27T02:30:00+01:00");
    EXPECT_EQ(fires[2]["local_time"], "2026-03-29T03:30:00+02:00") << "the gap of daylight saving";
    EXPECT_EQ(run({"cron", "next", "@daily", "-n", "1"}), 0);
    EXPECT_NE(out_.find("2026-01-02T00:00:00+00:00"), std::string::npos) << out_;
    EXPECT_NE(out_.find("(UTC)\n"), std::string::npos);
    EXPECT_EQ(run({"cron", "next", "61 * * * *"}), 1);
    EXPECT_EQ(run({"cron", "next", "* * * * *", "--timezone", "Mars/Base"}), 1);
    EXPECT_NE(err_.find("there is no time zone Mars/Base"), std::string::npos);
    EXPECT_EQ(run({"cron", "next", "* * * * *", "--after", "soon"}), 1);
    EXPECT_TRUE(calls_.empty());
}

TEST_F(LocalCli, TellsWhereItLives) {
    auto facts = run_json({"info"})[0];
    EXPECT_EQ(facts["home"], folder_.string());
    EXPECT_EQ(facts["server"], "http://127.0.0.1:8080");
    EXPECT_EQ(facts["scheduler"], "healthy");
    connect_ = [](const Address&) { return std::make_unique<NoTransport>(); };
    environment_["REEL_API_URL"] = "http://127.0.0.1:1";
    facts = run_json({"info"})[0];
    EXPECT_EQ(facts["scheduler"], "not running");
    EXPECT_EQ(facts["server"], "http://127.0.0.1:1");
}

}  // namespace reel::cli
