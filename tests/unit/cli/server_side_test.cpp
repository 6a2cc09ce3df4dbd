#include "cli/server_side.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "cli/server_program.hpp"
#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

/// The same command line in `reel` and in `reel-server`.
class BothPrograms : public CliTest {
  protected:
    int run_in_reel(const Words& words) {
        is_reel_ = true;
        handed_over_ = 0;
        const int status = run(words);
        is_reel_ = false;
        return status;
    }
};

const std::vector<Words>& groups() {
    static const std::vector<Words> all{
        {},
        {"dags"},
        {"tasks"},
        {"backfill"},
        {"callbacks"},
        {"assets"},
        {"pools"},
        {"jobs"},
        {"db"},
        {"load"},
        {"quarantine"},
        {"workers"},
        {"variables"},
        {"connections"},
        {"config"},
        {"cron"},
        {"worker"}
    };
    return all;
}

}  // namespace

TEST_F(BothPrograms, WhatNeedsTheServersProgramIsHandedOver) {
    const std::vector<Words> lines{
        {"standalone"},
        {"scheduler"},
        {"api-server"},
        {"worker", "-q", "a"},
        {"task", "exec"},
        {"db", "migrate"},
        {"db", "check"},
        {"db", "reset"},
        {"db", "url", "warehouse"},
        {"db", "shell"},
        {"db", "clean", "--clean-before-timestamp", "2025-12-01", "-y"},
        {"jobs", "check"},
        {"load", "a.csv", "--table", "s.t"},
        {"load", "infer", "a.csv"},
        {"load", "explain", "--spec", "s.yaml"},
        {"quarantine", "list"},
        {"quarantine", "show"},
        {"quarantine", "edit", "1", "a,b"},
        {"quarantine", "replay", "--dag-id", "d"},
        {"dags", "validate", "a.yaml"},
        {"dags", "test", "movies"},
        {"tasks", "test", "movies", "extract"},
        {"tasks", "render", "movies", "extract"},
    };
    environment_["REEL__API__PROT"] = "1";  // for the server's program to complain about
    for (const Words& words : lines) {
        EXPECT_EQ(run_in_reel(words), 1) << words.back();
        EXPECT_EQ(handed_over_, 1) << words.back();
        EXPECT_EQ(err_, "error: it did not become reel-server\n");
        EXPECT_EQ(out_, "");
    }
    EXPECT_TRUE(calls_.empty());
}

TEST_F(BothPrograms, WhatTheRestApiAnswersIsNot) {
    for (const Words& words : std::vector<Words>{
             {"dags", "list"},
             {"tasks", "list", "movies"},
             {"variables", "set", "k", "v"},
             {"config", "list"},
             {"cron", "next", "@daily"},
             {"info"},
             {"version"},
             {"completion", "bash"},
             {"--help"},
             {"db", "--help"},
             {"db", "clean", "--help"},
         }) {
        EXPECT_EQ(run_in_reel(words), 0) << words.front() << ": " << err_;
        EXPECT_EQ(handed_over_, 0) << words.front();
    }
}

TEST_F(BothPrograms, AWrongLineIsRefusedBeforeItIsHandedOver) {
    for (const Words& words : std::vector<Words>{
             {"db", "url", "other"},
             {"db", "shell", "--nonsense"},
             {"worker", "-c", "0"},
             {"dags", "test"},
             {"jobs", "chekc"},
         }) {
        EXPECT_EQ(run(words), 2) << words.back();
        const std::string told = err_;
        EXPECT_EQ(run_in_reel(words), 2) << words.back();
        EXPECT_EQ(err_, told);
        EXPECT_EQ(handed_over_, 0);
    }
}

TEST_F(BothPrograms, HelpAndCompletionAreTheSame) {
    for (Words words : groups()) {
        words.emplace_back("--help");
        EXPECT_EQ(run(words), 0);
        const std::string help = out_;
        EXPECT_THAT(help, HasSubstr("Usage: reel"));
        EXPECT_EQ(run_in_reel(words), 0);
        EXPECT_EQ(out_, help);
    }
    EXPECT_EQ(run({"completion", "zsh"}), 0);
    const std::string script = out_;
    EXPECT_THAT(script, HasSubstr("\"db clean\""));
    EXPECT_EQ(run_in_reel({"completion", "zsh"}), 0);
    EXPECT_EQ(out_, script);
}

TEST(ServerProgram, StandsBesideTheCommandsOwnFile) {
    EXPECT_EQ(server_program("/usr/local/bin/reel"), "/usr/local/bin/reel-server");
    EXPECT_EQ(server_program("/opt/my reel/reel"), "/opt/my reel/reel-server");
    // What /proc says when the file was replaced meanwhile.
    EXPECT_EQ(server_program("/usr/bin/reel (deleted)"), "/usr/bin/reel-server");
    EXPECT_EQ(server_program().filename(), "reel-server");
    EXPECT_TRUE(server_program().is_absolute());
}

TEST_F(BothPrograms, SayWhyTheServersProgramCannotBeStarted) {
    std::string word = "reel";
    std::vector<char*> argv{word.data(), nullptr};
    const auto missing = become_server(folder_ / "reel-server", argv.data());
    EXPECT_EQ(missing.code, core::Errc::not_found);
    EXPECT_EQ(missing.where, (folder_ / "reel-server").string());
    EXPECT_THAT(missing.message, HasSubstr("reel-server, which is missing"));
    EXPECT_THAT(missing.hint, HasSubstr("in one folder"));
    std::ofstream(folder_ / "reel-server") << "no program";
    const auto plain = become_server(folder_ / "reel-server", argv.data());
    EXPECT_EQ(plain.code, core::Errc::unavailable);
    EXPECT_THAT(plain.message, StartsWith("reel-server cannot be started: Permission denied"));
}

TEST_F(BothPrograms, WhatTheHeapIsToldIsForTheServerAlone) {
    std::string word = "reel";
    std::vector<char*> argv{word.data(), nullptr};
    ::unsetenv("GLIBC_TUNABLES");
    EXPECT_EQ(become_server(folder_ / "none", argv.data()).code, core::Errc::not_found);
    EXPECT_STREQ(std::getenv("GLIBC_TUNABLES"), "glibc.malloc.tcache_count=300");
    forget_what_the_heap_was_told();
    EXPECT_EQ(std::getenv("GLIBC_TUNABLES"), nullptr);

    ::setenv("GLIBC_TUNABLES", "glibc.malloc.check=1", 1);
    EXPECT_EQ(become_server(folder_ / "none", argv.data()).code, core::Errc::not_found);
    forget_what_the_heap_was_told();
    EXPECT_STREQ(std::getenv("GLIBC_TUNABLES"), "glibc.malloc.check=1") << "somebody's own";
    ::unsetenv("GLIBC_TUNABLES");
}

}  // namespace reel::cli
