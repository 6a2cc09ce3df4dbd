#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "daemon/home.hpp"
#include "integration/daemon/program.hpp"
#include "support/test_cluster.hpp"
#include "unit/config/temporary_home.hpp"

namespace reel::daemon {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

/// A port of the loopback that is taken for as long as this lives.
class TakenPort final {
  public:
    TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(socket_, 1), 0);
        EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
        number_ = std::to_string(ntohs(address.sin_port));
    }
    ~TakenPort() { ::close(socket_); }
    TakenPort(const TakenPort&) = delete;
    TakenPort& operator=(const TakenPort&) = delete;
    [[nodiscard]] const std::string& number() const { return number_; }

  private:
    int socket_;
    std::string number_;
};

/// `reel standalone` over a database that is given, on a port that the system chooses.
class StandaloneProgram : public ::testing::Test {
  protected:
    std::string read(const std::string& name) const {
        std::ifstream stream(home_.path() / name);
        return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    }
    unsigned mode(const std::string& name) const {
        return static_cast<unsigned>(fs::status(home_.path() / name).permissions()) & 0777U;
    }
    /// Starts, lets `act` look at it, ends it by a signal; its exit status.
    template <class Act>
    int serve(int signal, Act act) {
        Program program({"standalone"}, environment_);
        EXPECT_TRUE(program.wait_for("  home ")) << program.output();
        act(program);
        program.signal(signal);
        const int status = program.end();
        output_ = program.output();
        return status;
    }
    int run(const std::vector<std::string>& words) {
        Program program(words, environment_);
        const int status = program.end();
        output_ = program.output();
        return status;
    }

    config::TemporaryHome home_;
    std::map<std::string, std::string> environment_{
        {"REEL_HOME", home_.path().string()},
        {"REEL__API__PORT", "0"},
        {"REEL__DATABASE__URL", support::test_database()}
    };
    std::string output_;
};

TEST_F(StandaloneProgram, KeepsItsSecretsToItsOwnerAndOverRestarts) {
    EXPECT_EQ(
        serve(
            SIGTERM,
            [&](const Program&) {
                for (const char* const name : {"admin_password", "jwt_secret", "run/token"}) {
                    EXPECT_EQ(mode(name), 0600U) << name;
                    EXPECT_GT(read(name).size(), 32U) << name;
                }
                EXPECT_EQ(
                    read("run/token").find(read("jwt_secret").substr(0, 32)), std::string::npos
                );
            }
        ),
        0
    ) << output_;
    const std::string password = read("admin_password");
    const std::string key = read("jwt_secret");
    EXPECT_EQ(serve(SIGINT, [](const Program&) {}), 0) << output_;
    EXPECT_EQ(read("admin_password"), password);
    EXPECT_EQ(read("jwt_secret"), key);
    EXPECT_THAT(output_, Not(HasSubstr(password.substr(0, 32))));
    EXPECT_THAT(output_, HasSubstr("password in " + (home_.path() / "admin_password").string()));
}

TEST_F(StandaloneProgram, WritesNoSecretThatTheConfigurationHolds) {
    environment_["REEL__API__ADMIN_PASSWORD"] = "hush";
    environment_["REEL__API__JWT_SECRET"] = "hush too";
    EXPECT_EQ(serve(SIGTERM, [](const Program&) {}), 0) << output_;
    EXPECT_FALSE(fs::exists(home_.path() / "admin_password"));
    EXPECT_FALSE(fs::exists(home_.path() / "jwt_secret"));
    EXPECT_THAT(output_, HasSubstr("password in the configuration"));
    EXPECT_THAT(output_, Not(HasSubstr("hush")));
}

TEST_F(StandaloneProgram, IsAloneInItsHome) {
    const auto lock = HomeLock::take(home_.path());
    ASSERT_TRUE(lock);
    EXPECT_EQ(run({"standalone"}), 1);
    EXPECT_THAT(output_, HasSubstr("another Reel (pid " + std::to_string(::getpid()) + ")"));
    EXPECT_THAT(output_, HasSubstr("hint: "));
    EXPECT_FALSE(fs::exists(home_.path() / "jwt_secret")) << "nothing of the other's was touched";
}

TEST_F(StandaloneProgram, SaysThatItsPortIsTakenAndEnds) {
    const TakenPort taken;
    environment_["REEL__API__PORT"] = taken.number();
    EXPECT_EQ(run({"standalone"}), 1);
    EXPECT_THAT(output_, HasSubstr("127.0.0.1:" + taken.number()));
    EXPECT_THAT(output_, HasSubstr("REEL__API__PORT"));
    EXPECT_THAT(output_, Not(HasSubstr("is ready")));
}

TEST_F(StandaloneProgram, SaysThatItsDatabaseWillNeverDo) {
    std::string& url = environment_["REEL__DATABASE__URL"];
    url.insert(url.find('?'), "_that_is_not_there");
    EXPECT_EQ(run({"standalone"}), 1) << output_;
    EXPECT_THAT(output_, HasSubstr("the metadata database: "));
    EXPECT_THAT(output_, HasSubstr("_that_is_not_there"));
}

TEST_F(StandaloneProgram, HasNoWarehouseWhereOnlyItsDatabaseIsGiven) {
    EXPECT_EQ(run({"db", "url"}), 0);
    EXPECT_EQ(output_, environment_["REEL__DATABASE__URL"] + "\n");
    EXPECT_EQ(run({"db", "url", "warehouse"}), 1);
    EXPECT_EQ(
        output_, "error: no default warehouse is configured\nhint: set REEL__WAREHOUSE__URL\n"
    );
    EXPECT_EQ(run({"db", "check"}), 1) << "not migrated";
    EXPECT_EQ(run({"db", "migrate"}), 0) << output_;
    EXPECT_EQ(run({"db", "check"}), 0) << output_;
    EXPECT_FALSE(fs::exists(home_.path() / "pg")) << "no Postgres of its own was started";
}

}  // namespace
}  // namespace reel::daemon
