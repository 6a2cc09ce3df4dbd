#include <fstream>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

/// What the command line takes from around it: configuration, address, token, answers of a person.
class Around : public CliTest {
  protected:
    void write(const std::string& name, const std::string& text) {
        std::filesystem::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << text;
    }
    /// Value and origin of an option, as `config list` tells them.
    std::string option(const std::string& section, const std::string& key) {
        for (const auto& each : run_json({"config", "list"})) {
            if (each["section"] == section && each["key"] == key) {
                return each["value"].get<std::string>() + " from " +
                       each["origin"].get<std::string>();
            }
        }
        return "";
    }
    /// Where a command looks for its server.
    std::string asked() {
        std::string url = "nowhere";
        const auto api = connect_;
        connect_ = [&](const Address& address) {
            url = address.url();
            return api(address);
        };
        run({"dags", "list"});
        connect_ = api;
        return url;
    }
    std::string token_sent() {
        calls_.clear();
        run({"dags", "list"});
        if (calls_.empty() || !calls_[0].headers.contains("Authorization")) return "";
        return calls_[0].headers.at("Authorization");
    }
};

}  // namespace

TEST_F(Around, TheEnvironmentGoesBeforeTheFileAndTheFileBeforeTheDefault) {
    EXPECT_EQ(option("api", "port"), "8080 from default");
    write("reel.yaml", "api:\n  port: 7000\n  host: 10.0.0.1\n");
    EXPECT_EQ(option("api", "port"), "7000 from file");
    EXPECT_EQ(asked(), "http://10.0.0.1:7000");
    environment_["REEL__API__PORT"] = "7001";
    EXPECT_EQ(option("api", "port"), "7001 from environment");
    EXPECT_EQ(option("api", "host"), "10.0.0.1 from file");
    EXPECT_EQ(asked(), "http://10.0.0.1:7001");
    environment_["REEL__API__PORT"] = "";
    EXPECT_EQ(option("api", "port"), "7000 from file") << "set to nothing is not set";
    environment_["REEL_API_URL"] = "http://[2001:db8::1]:81/";
    EXPECT_EQ(asked(), "http://[2001:db8::1]:81");
}

TEST_F(Around, AHostThatMeansEverywhereIsAskedHere) {
    const std::vector<std::pair<std::string, std::string>> hosts{
        {"0.0.0.0", "http://127.0.0.1:8080"},
        {"::", "http://[::1]:8080"},
        {"::1", "http://[::1]:8080"},
        {"localhost", "http://localhost:8080"}
    };
    for (const auto& [host, url] : hosts) {
        environment_["REEL__API__HOST"] = host;
        EXPECT_EQ(asked(), url);
    }
}

TEST_F(Around, EveryMistakeOfTheConfigurationIsToldAtOnceByEveryCommand) {
    write("reel.yaml", "api:\n  prot: 1\ncore:\n  parallelism: many\nodd: {a: 1}\n");
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"config", "list"},
             {"config", "get-value", "api", "port"},
             {"dags", "list"},
             {"dags", "validate"},
             {"info"},
             {"standalone"},
             {"worker"}
         }) {
        EXPECT_EQ(run(words), 1) << words[0];
        for (const char* const mistake : {"prot", "parallelism", "odd"}) {
            EXPECT_NE(err_.find(mistake), std::string::npos) << words[0] << ": " << err_;
        }
        EXPECT_EQ(out_, "");
    }
    EXPECT_TRUE(calls_.empty());
}

TEST_F(Around, NoSecretOfTheConfigurationIsShownInAnyForm) {
    write("reel.yaml", "api: {admin_password: hush-file}\n");
    write("key", "hush-key\n");
    environment_["REEL__DATABASE__URL"] = "postgresql://me:hush-url@db/reel";
    environment_["REEL__API__JWT_SECRET_FILE"] = (folder_ / "key").string();
    for (const char* const format : {"table", "json", "yaml", "plain"}) {
        EXPECT_EQ(run({"config", "list", "-o", format}), 0) << err_;
        EXPECT_EQ((out_ + err_).find("hush"), std::string::npos) << out_;
    }
    EXPECT_EQ(option("api", "admin_password"), "*** from file");
    EXPECT_EQ(option("api", "jwt_secret"), "*** from environment");
    EXPECT_EQ(option("database", "url"), "*** from environment");
    EXPECT_EQ(option("warehouse", "url"), " from default") << "nothing is hidden where nothing is";
    for (const auto& [section, key] : {std::pair("api", "admin_password"), {"database", "url"}}) {
        EXPECT_EQ(run({"config", "get-value", section, key}), 0);
        EXPECT_EQ(out_, "***\n");
    }
}

TEST_F(Around, TheTokenIsThatOfTheEnvironmentOrWhatTheServerLeft) {
    EXPECT_EQ(token_sent(), "Bearer " + token_);
    write("run/token", token_ + "\n");
    environment_["REEL_API_TOKEN"] = "mine";
    EXPECT_EQ(token_sent(), "Bearer mine");
    environment_["REEL_API_TOKEN"] = "";
    EXPECT_EQ(token_sent(), "Bearer " + token_);
    write("run/token", token_ + " \r\n\n");
    EXPECT_EQ(token_sent(), "Bearer " + token_);
    write("run/token", "");
    EXPECT_EQ(token_sent(), "");
    std::filesystem::remove(folder_ / "run/token");
    EXPECT_EQ(token_sent(), "");
    EXPECT_NE(err_.find("Not authenticated"), std::string::npos) << err_;
}

TEST_F(Around, NothingIsDestroyedWithoutAYes) {
    struct Answer {
        const char* text;
        bool yes;
    };
    const std::vector<Answer> answers{
        {"y\n", true},
        {"Y\n", true},
        {"yes\n", true},
        {"y", true},
        {"n\n", false},
        {"no\n", false},
        {"\n", false},
        {"", false},
        {"yep\n", false},
        {" y\n", false},
        {"ye\ns\n", false}
    };
    terminal_ = true;
    for (const Answer& answer : answers) {
        save(api::movies_dag("doomed"));
        input_ = answer.text;
        EXPECT_EQ(run({"dags", "delete", "doomed"}), answer.yes ? 0 : 1) << answer.text;
        EXPECT_TRUE(err_.starts_with("Delete everything kept about doomed")) << err_;
        EXPECT_NE(err_.find("[y/N] "), std::string::npos) << err_;
        EXPECT_EQ(store_->get_dag(core::DagId("doomed")).has_value(), !answer.yes) << answer.text;
        if (!answer.yes) EXPECT_TRUE(err_.ends_with("error: nothing was deleted\n")) << err_;
    }
    terminal_ = false;
    input_ = "y\n";
    EXPECT_EQ(run({"dags", "delete", "movies"}), 1);
    EXPECT_EQ(err_, "error: this asks for a confirmation\nhint: add -y to say yes\n");
    EXPECT_TRUE(store_->get_dag(core::DagId("movies")).has_value());
}

TEST_F(Around, APipeIsNotAskedAboutWhatIsSaidAlready) {
    save(api::movies_dag("doomed"));
    EXPECT_EQ(run({"dags", "delete", "doomed", "--yes"}), 0) << err_;
    EXPECT_EQ(out_, "deleted doomed\n");
    EXPECT_EQ(err_, "");
    EXPECT_EQ(run({"dags", "delete", "doomed", "-y"}), 1) << "it is gone";
    add_run("r", core::RunState::running);
    EXPECT_EQ(run({"dags", "delete", "movies", "-y"}), 1) << "it runs";
    EXPECT_TRUE(store_->get_dag(core::DagId("movies")).has_value());
}

TEST_F(Around, AConnectionIsDescribedInOneWayOnly) {
    const std::string uri = "postgres://me:hush@db/films";
    for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{
             {"--conn-json", R"({"conn_type": "http"})"},
             {"--conn-type", "http"},
             {"--conn-host", "h"},
             {"--conn-port", "1"},
             {"--conn-login", "l"},
             {"--conn-password", "hush2"},
             {"--conn-schema", "s"},
             {"--conn-extra", "{}"}
         }) {
        std::vector<std::string> words{"connections", "add", "c", "--conn-uri", uri};
        words.insert(words.end(), more.begin(), more.end());
        EXPECT_EQ(run(words), 2) << more[0];
        EXPECT_NE(err_.find(more[0]), std::string::npos) << err_;
        EXPECT_EQ(err_.find("hush"), std::string::npos) << err_;
    }
    EXPECT_EQ(store_->list_connections({}).total, 0U);
    EXPECT_EQ(run({"connections", "add", "c", "--conn-uri", uri, "--conn-description", "d"}), 0)
        << err_;
    EXPECT_EQ(store_->get_connection("c")->description, "d");
}

TEST_F(Around, AConnectionOnStdinIsOneLine) {
    struct Case {
        const char* option;
        const char* input;
        int status;
    };
    for (const Case& each : std::vector<Case>{
             {"--conn-uri", "", 1},
             {"--conn-uri", "\n", 1},
             {"--conn-uri", "nonsense with hush\n", 1},
             {"--conn-json", "{\"conn_type\": \"http\", \"password\": \"hush\"}", 0},
             {"--conn-json", "{\"conn_type\": \"hush\n", 1}
         }) {
        input_ = each.input;
        static_cast<void>(store_->delete_connection("c"));
        EXPECT_EQ(run({"connections", "add", "c", each.option, "-"}), each.status) << each.input;
        EXPECT_EQ((out_ + err_).find("hush"), std::string::npos) << err_;
        EXPECT_EQ(store_->get_connection("c").has_value(), each.status == 0) << each.input;
    }
}

TEST_F(Around, VariablesAreTakenAsTheyAre) {
    for (const std::string value :
         {"", " ", "two words", "a\nb", "é", "{\"a\": 1}", "null", "$HOME", "a=b&c%20", "\\n"}) {
        ASSERT_EQ(run({"variables", "set", "odd key/%", value}), 0) << err_;
        EXPECT_EQ(store_->get_variable("odd key/%")->value, value);
        EXPECT_EQ(run({"variables", "get", "odd key/%"}), 0);
        EXPECT_EQ(out_, value + "\n");
    }
    EXPECT_EQ(run({"variables", "get", "none", "-d", ""}), 0) << "an empty default is one";
    EXPECT_EQ(out_, "\n");
    for (const char* const wrong : {"{", "", "{'a': 1}", "True", "1 2"}) {
        EXPECT_EQ(run({"variables", "set", "json", wrong, "--json"}), 1) << wrong;
        EXPECT_EQ(err_, "error: the value is not valid JSON\n");
    }
    EXPECT_FALSE(store_->get_variable("json").has_value());
}

}  // namespace reel::cli
