#include "unit/cli/wait_fixture.hpp"

namespace reel::cli {

namespace {

/// `dags trigger movies -r r --wait` in its less happy hours.
class WaitCases : public WaitCli {
  protected:
    WaitCases() {
        core::Dag one_at_a_time = api::movies_dag();
        one_at_a_time.max_active_runs = 1;
        one_at_a_time.version = std::string(64, 'b');
        save(one_at_a_time);
    }
    int wait(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"dags", "trigger", "movies", "-r", "r", "--wait"};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }
    /// The run starts and succeeds at the pauses of these numbers.
    void succeed_at(int start, int end) {
        on_pause_ = [this, start, end](int number) {
            if (number == start) end_run("r", core::RunState::running);
            if (number == end) end_run("r", core::RunState::success);
            return number > end + 5;
        };
    }
};

}  // namespace

TEST_F(WaitCases, TellsOnceWhichRunItWaitsFor) {
    add_run("yesterday", core::RunState::running);
    succeed_at(10, 12);
    EXPECT_EQ(wait(), 0) << err_;
    EXPECT_EQ(
        out_,
        "movies r waits for yesterday: one run at a time (max_active_runs)\n"
        "movies r success in 12s: 4 waiting\n"
    );
    EXPECT_EQ(err_, "");
}

TEST_F(WaitCases, TellsHowManyRunsItWaitsForWhenThereAreMore) {
    core::Dag three = api::movies_dag();
    three.max_active_runs = 3;
    three.version = std::string(64, 'c');
    save(three);
    for (const char* const run_id : {"a", "b", "c"}) add_run(run_id, core::RunState::running);
    succeed_at(3, 4);
    EXPECT_EQ(wait(), 0) << err_;
    EXPECT_EQ(times("movies r waits for a, b, c: 3 runs at a time (max_active_runs)\n", out_), 1)
        << out_;
}

TEST_F(WaitCases, SaysNothingOfAQueueThatDoesNotHoldIt) {
    add_run("done", core::RunState::success);
    save(api::movies_dag("other"));
    add_run("elsewhere", core::RunState::running, "other");
    succeed_at(5, 6);
    EXPECT_EQ(wait(), 0) << err_;
    EXPECT_EQ(out_, "movies r success in 12s: 4 waiting\n");
    EXPECT_EQ(err_, "");
}

TEST_F(WaitCases, TellsOnceThatTheDagIsPaused) {
    ASSERT_TRUE(store_->set_paused(core::DagId("movies"), true).has_value());
    succeed_at(10, 11);
    EXPECT_EQ(wait(), 0) << err_;
    const std::string told =
        "movies is paused: the run stays queued until `reel dags unpause movies`\n";
    EXPECT_EQ(times(told, out_ + err_), 1) << out_ << err_;
}

TEST_F(WaitCases, TellsThatTheDagWasPausedWhileItWaited) {
    on_pause_ = [&](int number) {
        if (number == 3) EXPECT_TRUE(store_->set_paused(core::DagId("movies"), true).has_value());
        if (number == 9) end_run("r", core::RunState::success);
        return number > 20;
    };
    EXPECT_EQ(wait(), 0) << err_;
    EXPECT_EQ(times("movies is paused", out_ + err_), 1) << out_ << err_;
}

TEST_F(WaitCases, KeepsTheReasonInThePictureOnATerminalWhileItHolds) {
    terminal_ = true;
    add_run("yesterday", core::RunState::running);
    succeed_at(2, 4);
    EXPECT_EQ(wait(), 0) << err_;
    EXPECT_EQ(times("waits for yesterday", out_), 2) << "at both looks before it started";
    EXPECT_NE(out_.find("\x1b[6A\r"), std::string::npos) << "the run, the reason, four tasks";
    EXPECT_EQ(err_, "");
}

TEST_F(WaitCases, KeepsAwayFromStdoutWhatIsForPeople) {
    add_run("yesterday", core::RunState::running);
    succeed_at(3, 4);
    EXPECT_EQ(wait({"-o", "json"}), 0);
    EXPECT_EQ(nlohmann::json::parse(out_)[0]["state"], "success");
    EXPECT_NE(err_.find("movies r waits for yesterday"), std::string::npos) << err_;
}

TEST_F(WaitCases, FailsForProgramsTooAndPrintsTheRun) {
    on_pause_ = [&](int number) {
        if (number == 1) fail_extract("r");
        return number > 10;
    };
    EXPECT_EQ(wait({"-o", "json"}), 1);
    EXPECT_EQ(nlohmann::json::parse(out_)[0]["state"], "failed");
    EXPECT_NE(err_.find("extract failed: exit code 3"), std::string::npos) << err_;
}

TEST_F(WaitCases, PrintsTheRunAsItWasMadeWhenItIsLeft) {
    EXPECT_EQ(wait({"-o", "json"}), 0);
    const auto runs = nlohmann::json::parse(out_);
    EXPECT_EQ(runs[0]["dag_run_id"], "r");
    EXPECT_EQ(runs[0]["state"], "queued");
    EXPECT_NE(err_.find("left movies r"), std::string::npos);
}

TEST_F(WaitCases, ShowsTheLogOfEachFailedTaskAndOfNoOther) {
    write_log("clean", 2, "short\n");
    write_log("audit", 1, "fine\n");
    on_pause_ = [&](int number) {
        if (number == 1) {
            end_run("r", core::RunState::running);
            run_task("r", "extract", core::TaskState::success);
            run_task("r", "audit", core::TaskState::success);
            run_task("r", "clean", core::TaskState::failed, 2);
            set_task("r", "load", core::TaskState::upstream_failed, 0);
            end_run("r", core::RunState::failed);
        }
        return number > 10;
    };
    EXPECT_EQ(wait(), 1);
    EXPECT_TRUE(
        out_.ends_with("movies r failed in 12s: 1 failed, 2 success, 1 upstream_failed\n"
                       "clean failed: exit code 3, the end of its log:\n"
                       "    short\n")
    ) << out_;
}

TEST_F(WaitCases, NamesTheInstanceThatFailedOfAMappedTask) {
    on_pause_ = [&](int number) {
        if (number == 1) {
            end_run("r", core::RunState::running);
            const auto whole =
                store_
                    ->get_task_instance(
                        {core::DagId("movies"), core::RunId("r"), core::TaskId("extract"), -1}
                    )
                    .value();
            store::Commit commit;
            commit.expansions.push_back({.placeholder = whole.key, .instances = {whole, whole}});
            for (int i = 0; i < 2; ++i) commit.expansions[0].instances[i].key.map_index = i;
            auto failed = commit.expansions[0].instances[1];
            failed.state = core::TaskState::failed;
            commit.tasks.push_back({.from = core::TaskState::none, .after = failed});
            EXPECT_TRUE(store_->commit(commit));
            end_run("r", core::RunState::failed);
        }
        return number > 10;
    };
    EXPECT_EQ(wait(), 1);
    EXPECT_NE(out_.find("extract[1] failed, the end of its log:"), std::string::npos) << out_;
}

TEST_F(WaitCases, ShowsTheLogsOfAFewWhereManyFailed) {
    on_pause_ = [&](int number) {
        if (number == 1) {
            end_run("r", core::RunState::running);
            for (const char* const task : {"extract", "clean", "audit", "load"}) {
                run_task("r", task, core::TaskState::failed);
            }
            end_run("r", core::RunState::failed);
        }
        return number > 10;
    };
    EXPECT_EQ(wait(), 1);
    EXPECT_EQ(times("the end of its log", out_), 3) << out_;
    EXPECT_TRUE(out_.ends_with("and 1 more failed: reel tasks states-for-dag-run movies r\n"))
        << out_;
}

TEST_F(WaitCases, TellsEachTryOfATask) {
    on_pause_ = [&](int number) {
        if (number == 1) {
            end_run("r", core::RunState::running);
            run_task("r", "extract", core::TaskState::running, 1);
        }
        if (number == 2) set_task("r", "extract", core::TaskState::up_for_retry, 1);
        if (number == 3) run_task("r", "extract", core::TaskState::running, 2);
        if (number == 4) set_task("r", "extract", core::TaskState::success, 2);
        if (number == 5) end_run("r", core::RunState::success);
        return number > 10;
    };
    EXPECT_EQ(wait(), 0) << err_;
    std::string shorter;
    std::istringstream lines(out_);
    for (std::string line; std::getline(lines, line);) {
        if (line.find(" extract ") == 8) shorter += line.substr(9) + "\n";
    }
    EXPECT_EQ(shorter, "extract running\nextract up_for_retry\nextract running\nextract success\n");
}

TEST_F(WaitCases, EndsWhenTheRunIsDeletedUnderIt) {
    on_pause_ = [&](int number) {
        if (number == 2) {
            end_run("r", core::RunState::success);
            EXPECT_TRUE(store_->delete_dag(core::DagId("movies")).has_value());
        }
        return number > 10;
    };
    EXPECT_EQ(wait(), 1);
    EXPECT_NE(err_.find("was not found"), std::string::npos) << err_;
}

namespace {

/// The API behind a door that can be shut.
class Door final : public Transport {
  public:
    Door(std::unique_ptr<Transport> inner, const std::optional<core::Error>& shut)
        : inner_(std::move(inner)), shut_(shut) {}
    core::Result<HttpReply> send(const HttpCall& call) override {
        if (shut_) return std::unexpected(*shut_);
        return inner_->send(call);
    }

  private:
    std::unique_ptr<Transport> inner_;
    const std::optional<core::Error>& shut_;
};

class WaitDoor : public WaitCases {
  protected:
    WaitDoor() {
        connect_ = [this, api = connect_](const Address& address) {
            return std::make_unique<Door>(api(address), shut_);
        };
    }
    std::optional<core::Error> shut_;
    const core::Error away_{core::Errc::unavailable, "nobody answers", "", ""};
};

}  // namespace

TEST_F(WaitDoor, TellsEveryAbsenceOfTheServerOnceAndDrawsBelowIt) {
    terminal_ = true;
    on_pause_ = [&](int number) {
        if (number == 1) end_run("r", core::RunState::running);
        if (number == 2 || number == 6) shut_ = away_;
        if (number == 4 || number == 8) shut_.reset();
        if (number == 9) end_run("r", core::RunState::success);
        return number > 20;
    };
    EXPECT_EQ(wait(), 0) << err_;
    EXPECT_EQ(err_, "nobody answers; waiting for it\nnobody answers; waiting for it\n");
    EXPECT_EQ(times("\x1b[5A\r", out_), 3) << "a picture after a message moves up over nothing";
}

TEST_F(WaitDoor, WaitsAMinuteForAServerAndNotForWhatItRefuses) {
    const auto start = clock_.now();
    on_pause_ = [&](int) {
        shut_ = away_;
        return false;
    };
    EXPECT_EQ(wait(), 1);
    EXPECT_GE(clock_.now() - start, std::chrono::seconds(60));
    EXPECT_LT(clock_.now() - start, std::chrono::seconds(63));
    EXPECT_TRUE(err_.ends_with("error: nobody answers\n")) << err_;
    shut_.reset();
    int looks = 0;
    on_pause_ = [&](int number) {
        looks = number;
        shut_ = core::Error{core::Errc::internal, "broken inside", "", ""};
        return false;
    };
    EXPECT_EQ(run({"dags", "trigger", "movies", "-r", "r2", "--wait"}), 1);
    EXPECT_EQ(looks, 1);
    EXPECT_EQ(err_, "error: broken inside\n");
}

TEST_F(WaitDoor, CanBeLeftWhileTheServerIsAway) {
    on_pause_ = [&](int number) {
        shut_ = away_;
        return number == 4;
    };
    EXPECT_EQ(wait(), 0);
    EXPECT_NE(err_.find("left movies r: it goes on"), std::string::npos) << err_;
}

TEST_F(WaitCases, OutlivesItsTokenWhenTheServerWritesANewOne) {
    environment_.erase("REEL_API_TOKEN");
    const auto write_token = [&](core::Duration lifetime) {
        std::filesystem::create_directories(folder_ / "run");
        std::ofstream(folder_ / "run/token")
            << api::make_token(services_.options.jwt_secret, "admin", clock_.now(), lifetime)
            << "\n";
    };
    write_token(std::chrono::seconds(1));
    on_pause_ = [&](int number) {
        if (number == 4) write_token(std::chrono::hours(1));
        if (number == 20) end_run("r", core::RunState::success);
        return number > 30;
    };
    EXPECT_EQ(wait(), 0) << err_;
    EXPECT_EQ(err_, "");
}

}  // namespace reel::cli
