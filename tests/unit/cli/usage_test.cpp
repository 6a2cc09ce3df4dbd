#include <fstream>

#include "reel/postgres/error.hpp"
#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

class Usage : public CliTest {};

}  // namespace

TEST_F(Usage, SaysWhatWasMeant) {
    EXPECT_EQ(run({"dgas", "list"}), 2);
    EXPECT_EQ(err_, "error: there is no command `reel dgas`\nhint: did you mean 'dags'?\n");
    EXPECT_EQ(run({"dags", "trigerr", "movies"}), 2);
    EXPECT_EQ(
        err_, "error: there is no command `reel dags trigerr`\nhint: did you mean 'trigger'?\n"
    );
    EXPECT_EQ(run({"dags", "xyzzyxyzzy"}), 2);
    EXPECT_NE(err_.find("hint: `reel dags --help` lists them"), std::string::npos);
    EXPECT_EQ(run({"dags", "list", "--ouptut", "json"}), 2);
    EXPECT_NE(err_.find("hint: did you mean '--output'?"), std::string::npos) << err_;
}

TEST_F(Usage, RefusesWrongCommandLines) {
    const std::vector<std::vector<std::string>> wrong{
        {},
        {"dags"},
        {"dags", "trigger"},
        {"dags", "list", "-o", "xml"},
        {"dags", "list-runs", "movies", "--state", "odd"},
        {"dags", "list-runs", "movies", "--limit", "0"},
        {"tasks", "logs", "movies", "r1"},
        {"tasks", "logs", "movies", "r1", "extract", "--try", "x"},
        {"connections", "add"},
        {"connections", "add", "c", "--conn-port", "99999"},
        {"db", "url", "other"},
        {"cron", "next", "* * * * *", "-n", "0"},
        {"completion", "fish"},
        {"task"},
    };
    for (const auto& words : wrong) {
        EXPECT_EQ(run(words), 2) << (words.empty() ? "" : words.back());
        EXPECT_TRUE(words.empty() || err_.starts_with("error: ")) << err_;
        EXPECT_TRUE(calls_.empty());
    }
}

TEST_F(Usage, EveryVerbHasALineOfHelp) {
    EXPECT_EQ(run({"--help"}), 0);
    EXPECT_NE(out_.find("standalone"), std::string::npos);
    EXPECT_EQ(out_.find("task exec"), std::string::npos) << "hidden";
    for (const char* const group :
         {"dags",
          "tasks",
          "variables",
          "connections",
          "load",
          "quarantine",
          "db",
          "jobs",
          "config",
          "cron"}) {
        ASSERT_EQ(run({group, "--help"}), 0) << err_;
        const std::string help = out_;
        const std::size_t list = help.find("Subcommands:");
        ASSERT_NE(list, std::string::npos) << help;
        std::istringstream lines(help.substr(list));
        std::string line;
        std::getline(lines, line);
        while (std::getline(lines, line) && !line.empty()) {
            std::istringstream words(line);
            std::string name;
            std::string rest;
            words >> name >> rest;
            EXPECT_FALSE(rest.empty()) << group << " " << name;
            EXPECT_EQ(run({group, name, "--help"}), 0) << group << " " << name;
            EXPECT_NE(
                out_.find("Usage: reel " + std::string(group) + " " + name), std::string::npos
            ) << out_;
        }
    }
}

TEST_F(Usage, PrintsItsVersionAndCompletion) {
    EXPECT_EQ(run({"version"}), 0);
    EXPECT_EQ(out_.find_first_not_of("0123456789.\n"), std::string::npos);
    EXPECT_EQ(run({"completion", "bash"}), 0);
    EXPECT_NE(out_.find("\"dags trigger\""), std::string::npos);
    EXPECT_NE(out_.find("--wait"), std::string::npos);
}

TEST_F(Usage, TellsMistakesOfTheConfiguration) {
    environment_["REEL__API__PROT"] = "1";
    EXPECT_EQ(run({"dags", "list"}), 1);
    EXPECT_TRUE(err_.starts_with("error: ")) << err_;
    EXPECT_EQ(run({"version"}), 0) << "needs no configuration";
}

TEST_F(Usage, RefusesAnAddressThatIsNone) {
    environment_["REEL_API_URL"] = "ftp://x";
    EXPECT_EQ(run({"dags", "list"}), 1);
    EXPECT_NE(err_.find("hint: write it as http://HOST:PORT"), std::string::npos);
}

TEST_F(Usage, FindsTheServerOfItsConfiguration) {
    Address asked;
    const auto api = connect_;
    connect_ = [&](const Address& address) {
        asked = address;
        return api(address);
    };
    environment_["REEL__API__HOST"] = "0.0.0.0";
    environment_["REEL__API__PORT"] = "9999";
    EXPECT_EQ(run({"dags", "list"}), 0) << err_;
    EXPECT_EQ(asked.url(), "http://127.0.0.1:9999");
    environment_["REEL_API_URL"] = "http://elsewhere:1234";
    EXPECT_EQ(run({"dags", "list"}), 0);
    EXPECT_EQ(asked.url(), "http://elsewhere:1234");
}

TEST_F(Usage, TakesTheTokenThatTheServerLeft) {
    environment_.erase("REEL_API_TOKEN");
    EXPECT_EQ(run({"dags", "list"}), 1);
    EXPECT_NE(err_.find("refused the token"), std::string::npos) << err_;
    EXPECT_NE(err_.find("run/token"), std::string::npos);
    std::filesystem::create_directories(folder_ / "run");
    std::ofstream(folder_ / "run/token") << token_ << "\n";
    EXPECT_EQ(run({"dags", "list"}), 0) << err_;
}

namespace {

class DeadTransport final : public Transport {
  public:
    explicit DeadTransport(HttpReply reply) : reply_(std::move(reply)) {}
    core::Result<HttpReply> send(const HttpCall&) override { return reply_; }

  private:
    HttpReply reply_;
};

}  // namespace

TEST_F(Usage, TellsWhatIsNoReelServer) {
    connect_ = [](const Address&) {
        return std::make_unique<DeadTransport>(HttpReply{200, "<html>"});
    };
    EXPECT_EQ(run({"dags", "list"}), 1);
    EXPECT_NE(err_.find("is not a Reel server"), std::string::npos);
    connect_ = [](const Address&) {
        return std::make_unique<DeadTransport>(HttpReply{502, "<html>"});
    };
    EXPECT_EQ(run({"dags", "list"}), 1);
    EXPECT_NE(err_.find("answered with status 502"), std::string::npos) << err_;
}

TEST_F(Usage, HandsServersToTheDaemon) {
    std::string told;
    server_.standalone = [&](const config::Config& config) {
        told = config.home().string();
        return 3;
    };
    server_.task_exec = [] { return 99; };
    EXPECT_EQ(run({"standalone"}), 3);
    EXPECT_EQ(told, folder_.string());
    server_.scheduler = [&](const config::Config& config) {
        told = "scheduler of " + config.home().string();
        return 4;
    };
    server_.api_server = [&](const config::Config& config) {
        told = "API of " + config.home().string();
        return 5;
    };
    EXPECT_EQ(run({"scheduler"}), 4);
    EXPECT_EQ(told, "scheduler of " + folder_.string());
    EXPECT_EQ(run({"api-server"}), 5);
    EXPECT_EQ(told, "API of " + folder_.string());
    EXPECT_EQ(run({"task", "exec"}), 99);
}

TEST_F(Usage, HandsAWorkerToTheDaemonWithWhatItsLineSays) {
    WorkerCommandOptions told;
    server_.worker = [&](const config::Config&, const WorkerCommandOptions& options) {
        told = options;
        return 0;
    };
    EXPECT_EQ(run({"worker"}), 0) << err_;
    EXPECT_TRUE(told.queues.empty());
    EXPECT_EQ(told.concurrency, 0);
    EXPECT_EQ(run({"worker", "--queues", "a,b c", "--concurrency", "4"}), 0) << err_;
    EXPECT_EQ(told.queues, (std::vector<std::string>{"a", "b c"}));
    EXPECT_EQ(told.concurrency, 4);
    EXPECT_EQ(run({"worker", "-q", "x", "-c", "1"}), 0) << err_;
    EXPECT_EQ(told.queues, std::vector<std::string>{"x"});
    for (const char* const wrong : {"0", "-1", "many"}) {
        EXPECT_EQ(run({"worker", "--concurrency", wrong}), 2) << wrong;
    }
    EXPECT_EQ(run({"worker", "--queues", "a, "}), 2);
}

TEST_F(Usage, ReportsALostDatabaseAndOtherFailures) {
    server_.database_uri = [](const config::Config&,
                              const std::string&) -> core::Result<std::string> {
        throw postgres::DatabaseError(postgres::FailureKind::transient, "08006", "it is gone");
    };
    EXPECT_EQ(run({"db", "migrate"}), 1);
    EXPECT_EQ(err_, "error: the database failed: it is gone\n");
    server_.database_uri = [](const config::Config&,
                              const std::string& name) -> core::Result<std::string> {
        if (name == "warehouse") return "postgresql:///w";
        throw std::runtime_error("odd");
    };
    EXPECT_EQ(run({"db", "check"}), 1);
    EXPECT_EQ(err_, "error: odd\n");
    EXPECT_EQ(run({"db", "url", "warehouse"}), 0);
    EXPECT_EQ(out_, "postgresql:///w\n");
}

TEST_F(Usage, DropsNothingUnasked) {
    bool asked = false;
    server_.database_uri = [&](const config::Config&,
                               const std::string&) -> core::Result<std::string> {
        asked = true;
        return core::fail(core::Errc::unavailable, "stop here");
    };
    EXPECT_EQ(run({"db", "reset"}), 1);
    EXPECT_NE(err_.find("hint: add -y to say yes"), std::string::npos);
    terminal_ = true;
    input_ = "n\n";
    EXPECT_EQ(run({"db", "reset"}), 1);
    EXPECT_FALSE(asked);
    input_ = "y\n";
    EXPECT_EQ(run({"db", "reset"}), 1);
    EXPECT_TRUE(asked);
    EXPECT_NE(err_.find("stop here"), std::string::npos);
}

}  // namespace reel::cli
