#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "unit/cli/cli_fixture.hpp"
#include "unit/cli/fake_transport.hpp"

namespace reel::cli {

namespace {

using Words = std::vector<std::string>;

/// Every command that asks the server, with what it needs on its line.
const std::vector<Words>& client_commands() {
    static const std::vector<Words> commands{
        {"dags", "list"},
        {"dags", "details", "movies"},
        {"dags", "show", "movies"},
        {"dags", "trigger", "movies"},
        {"dags", "trigger", "movies", "--wait"},
        {"dags", "list-runs", "movies"},
        {"dags", "state", "movies", "r1"},
        {"dags", "mark", "movies", "r1", "failed"},
        {"dags", "note", "movies", "r1", "v"},
        {"dags", "pause", "movies"},
        {"dags", "unpause", "movies"},
        {"dags", "delete", "movies", "-y"},
        {"dags", "list-import-errors"},
        {"dags", "next-execution", "movies"},
        {"dags", "versions", "movies"},
        {"dags", "diff", "movies"},
        {"tasks", "list", "movies"},
        {"tasks", "note", "movies", "r1", "extract", "v"},
        {"tasks", "state", "movies", "extract", "r1"},
        {"tasks", "states-for-dag-run", "movies", "r1"},
        {"tasks", "logs", "movies", "r1", "extract"},
        {"tasks", "logs", "movies", "r1", "extract", "-f"},
        {"backfill",
         "create",
         "--dag-id",
         "d",
         "--from-date",
         "2026-01-01",
         "--to-date",
         "2026-01-02"},
        {"backfill", "list", "movies"},
        {"backfill", "pause", "1"},
        {"backfill", "unpause", "1"},
        {"backfill", "cancel", "1"},
        {"callbacks", "list"},
        {"callbacks", "list", "--state", "failed"},
        {"assets", "list"},
        {"assets", "details", "--uri", "s3://a"},
        {"assets", "materialize", "--name", "sales"},
        {"workers", "list"},
        {"variables", "list"},
        {"variables", "get", "k"},
        {"variables", "get", "k", "-d", "other"},
        {"variables", "set", "k", "v"},
        {"variables", "delete", "k"},
        {"connections", "list"},
        {"connections", "get", "c"},
        {"connections", "add", "c", "--conn-type", "http"},
        {"connections", "test", "c"},
        {"connections", "delete", "c"},
    };
    return commands;
}

std::string line(const Words& words) {
    std::string text = "reel";
    for (const std::string& word : words) text += " " + word;
    return text;
}

class EveryCommand : public CliTest {
  protected:
    void answer_with(core::Result<HttpReply> reply) {
        script_.replies = {std::move(reply)};
        connect_ = [this](const Address&) { return std::make_unique<ScriptedTransport>(script_); };
    }
    Script script_;
};

}  // namespace

TEST_F(EveryCommand, FailsWithAReasonWhenItsServerDoes) {
    struct Failure {
        core::Result<HttpReply> reply;
        const char* told;
        const char* hint;
    };
    const std::vector<Failure> failures{
        {core::fail(core::Errc::unavailable, "nobody answers", "start one"),
         "nobody answers",
         "start one"},
        {core::fail(core::Errc::timed_out, "too slow"), "too slow", ""},
        {HttpReply{401, R"({"detail": "Token Expired"})"},
         "refused the token: Token Expired",
         "REEL_API_TOKEN"},
        {HttpReply{403, R"({"detail": "Forbidden"})"}, "Forbidden", ""},
        {HttpReply{409, R"({"detail": "busy\nhint: wait"})"}, "busy", "wait"},
        {HttpReply{422, R"({"detail": [{"loc": ["query"], "msg": "odd"}]})"}, "query: odd", ""},
        {HttpReply{500, R"({"detail": "Internal Server Error"})"}, "Internal Server Error", ""},
        {HttpReply{502, "<html>"}, "answered with status 502", ""},
        {HttpReply{200, "<html>hello</html>"}, "is not a Reel server", "REEL_API_URL"},
        {HttpReply{200, R"(["no", "object"])"}, "is not a Reel server", "REEL_API_URL"},
    };
    for (const Failure& failure : failures) {
        answer_with(failure.reply);
        for (const Words& words : client_commands()) {
            EXPECT_EQ(run(words), 1) << line(words);
            EXPECT_TRUE(err_.starts_with("error: ")) << line(words) << ": " << err_;
            EXPECT_NE(err_.find(failure.told), std::string::npos) << line(words) << ": " << err_;
            const bool hints = err_.find("\nhint: ") != std::string::npos;
            EXPECT_EQ(hints, std::string_view(failure.hint) != "") << line(words) << ": " << err_;
            EXPECT_NE(err_.find(failure.hint), std::string::npos) << err_;
            EXPECT_EQ(out_, "") << line(words) << ": a failure prints no result";
        }
    }
}

TEST_F(EveryCommand, AsksNobodyBeforeItsOwnLineIsRight) {
    answer_with(HttpReply{200, "{}"});
    environment_["REEL_API_URL"] = "https://secure.example";
    for (const Words& words : client_commands()) {
        EXPECT_EQ(run(words), 1) << line(words);
        EXPECT_NE(err_.find("hint: write it as http://HOST:PORT"), std::string::npos) << err_;
    }
    environment_.erase("REEL_API_URL");
    environment_["REEL__API__PORT"] = "port";
    for (const Words& words : client_commands()) {
        EXPECT_EQ(run(words), 1) << line(words);
        EXPECT_NE(err_.find("port"), std::string::npos) << err_;
    }
    environment_.erase("REEL__API__PORT");
    for (Words words : client_commands()) {
        words.emplace_back("--nonsense");
        EXPECT_EQ(run(words), 2) << line(words);
        EXPECT_NE(err_.find("--nonsense"), std::string::npos) << err_;
    }
    EXPECT_TRUE(script_.calls.empty());
}

TEST_F(EveryCommand, RefusesAnEmptyNameWhichWouldStandForAll) {
    answer_with(HttpReply{200, "{}"});
    for (const Words& words : client_commands()) {
        for (std::size_t i = 2; i < words.size(); ++i) {
            if (words[i].starts_with("-") || words[i - 1].starts_with("-") || words[i] == "v")
                continue;
            Words emptied = words;
            emptied[i].clear();
            EXPECT_EQ(run(emptied), 2) << line(words) << ", word " << i;
            EXPECT_NE(err_.find("empty"), std::string::npos) << err_;
        }
    }
    EXPECT_TRUE(script_.calls.empty()) << script_.calls.front().target;
}

namespace {

/// A command that prints a list, how long it is here, and its first column.
struct Printed {
    Words words;
    std::size_t count;
    const char* first_column;
};

class Formats : public CliTest {
  protected:
    Formats() {
        add_run("r1", core::RunState::running);
        store_->set_variable({.key = "k", .value = "a: b\n\"c\"", .description = "é"});
        store_->set_variable({.key = "l", .value = "", .description = ""});
        EXPECT_TRUE(store_->add_connection({.connection_id = "c", .conn_type = "http", .port = 80})
        );
        store_->save_import_errors(
            {{.id = 1, .filename = "bad.yaml", .at = clock_.now(), .stack_trace = "1:2: no"}}
        );
        store_->set_next_runs({{core::DagId("movies"), clock_.now()}});
        store::BackfillRecord backfill;
        backfill.dag_id = core::DagId("movies");
        EXPECT_TRUE(store_->create_backfill(backfill, {}));
    }
    std::size_t lines() const { return static_cast<std::size_t>(std::ranges::count(out_, '\n')); }
    static const std::vector<Printed>& lists() {
        static const std::vector<Printed> all{
            {{"dags", "list"}, 1, "dag_id"},
            {{"dags", "list-runs", "movies"}, 1, "dag_id"},
            {{"dags", "list-import-errors"}, 1, "filename"},
            {{"dags", "next-execution", "movies", "-n", "3"}, 3, "run_after"},
            {{"dags", "pause", "movies"}, 1, "dag_id"},
            {{"dags", "unpause", "movies"}, 1, "dag_id"},
            {{"tasks", "list", "movies"}, 4, "task_id"},
            {{"tasks", "states-for-dag-run", "movies", "r1"}, 4, "task_id"},
            {{"backfill", "list", "movies"}, 1, "id"},
            {{"variables", "list"}, 2, "key"},
            {{"connections", "list"}, 1, "connection_id"},
            {{"connections", "get", "c"}, 1, "connection_id"},
            {{"config", "list"}, config::all_options().size(), "section"},
            {{"cron", "next", "@daily", "-n", "4"}, 4, "local_time"},
        };
        return all;
    }
    int run_as(Words words, const std::string& format) {
        words.insert(words.end(), {"-o", format});
        const int status = run(words);
        EXPECT_EQ(status, 0) << line(words) << ": " << err_;
        return status;
    }
};

}  // namespace

TEST_F(Formats, AsJsonAndYamlHoldTheSame) {
    for (const Printed& each : lists()) {
        run_as(each.words, "json");
        const auto json = nlohmann::json::parse(out_, nullptr, false);
        ASSERT_TRUE(json.is_array()) << line(each.words) << ": " << out_;
        ASSERT_EQ(json.size(), each.count) << line(each.words);
        EXPECT_TRUE(json[0].contains(each.first_column)) << json[0];
        run_as(each.words, "yaml");
        const YAML::Node yaml = YAML::Load(out_);
        ASSERT_EQ(yaml.size(), json.size()) << line(each.words) << ": " << out_;
        for (std::size_t i = 0; i < json.size(); ++i) {
            ASSERT_EQ(yaml[i].size(), json[i].size()) << line(each.words);
            for (const auto& [name, value] : json[i].items()) {
                if (name == "last_parsed_time" || value.is_structured()) continue;
                const std::string text =
                    value.is_string() ? value.get<std::string>() : value.dump();
                EXPECT_EQ(yaml[i][name].as<std::string>(), text) << line(each.words) << " " << name;
            }
        }
    }
}

TEST_F(Formats, AsPlainTextHaveALineForEachAndAHead) {
    for (const Printed& each : lists()) {
        run_as(each.words, "plain");
        EXPECT_EQ(lines(), each.count + 1) << line(each.words) << ": " << out_;
        EXPECT_TRUE(out_.starts_with(each.first_column)) << out_;
        EXPECT_EQ(out_.find(" |"), std::string::npos) << out_;
        EXPECT_EQ(out_.find(" \n"), std::string::npos) << "no blanks at the ends of lines";
    }
}

TEST_F(Formats, AsTablesAreDrawnAndTheUsual) {
    for (const Printed& each : lists()) {
        if (each.words[1].starts_with("next")) continue;  // told in words there
        run_as(each.words, "table");
        const std::string table = out_;
        EXPECT_EQ(lines(), each.count + 2) << line(each.words) << ": " << out_;
        EXPECT_NE(table.find("=+="), std::string::npos) << table;
        EXPECT_EQ(run(each.words), 0);
        EXPECT_EQ(out_, table) << "what nobody asked for otherwise";
        run_as(each.words, "TABLE");
        EXPECT_EQ(out_, table);
    }
}

TEST_F(Formats, OfNothingAreEmptyInTheirOwnWay) {
    const std::vector<std::pair<const char*, const char*>> expected{
        {"table", "No data found\n"}, {"plain", ""}, {"json", "[]\n"}, {"yaml", "[]\n"}
    };
    const std::vector<Words> empty{
        {"dags", "list", "--tags", "none"},
        {"dags", "list-runs", "movies", "--state", "failed"},
    };
    for (const auto& [format, text] : expected) {
        for (const Words& words : empty) {
            run_as(words, format);
            EXPECT_EQ(out_, text) << line(words) << " as " << format;
        }
    }
    core::Dag unscheduled = api::movies_dag();
    unscheduled.schedule = core::NoSchedule{};
    unscheduled.version = std::string(64, '9');
    save(unscheduled);
    run_as({"dags", "next-execution", "movies"}, "json");
    EXPECT_EQ(out_, "[]\n");
    EXPECT_EQ(err_, "no run of movies is due by schedule\n");
}

TEST_F(Formats, OfOneThingAreItsFields) {
    run_as({"dags", "details", "movies"}, "table");
    EXPECT_TRUE(out_.starts_with("property_name")) << out_;
    EXPECT_NE(out_.find("timetable_summary"), std::string::npos);
    run_as({"dags", "details", "movies"}, "yaml");
    EXPECT_EQ(YAML::Load(out_)[0]["dag_id"].as<std::string>(), "movies");
    run_as({"info"}, "plain");
    EXPECT_EQ(out_.find("property_name"), 0U);
    EXPECT_NE(out_.find("server_version"), std::string::npos);
}

TEST_F(Formats, OfDagsShowTheFieldsThatAreAskedFor) {
    EXPECT_EQ(run({"dags", "list", "--columns", "is_paused,dag_id", "-o", "plain"}), 0);
    EXPECT_EQ(out_, "is_paused  dag_id\nfalse      movies\n");
    EXPECT_EQ(run({"dags", "list", "--columns", "dag_id,is_pausd"}), 1);
    EXPECT_EQ(out_, "");
    EXPECT_EQ(
        err_, "error: query.fields: A Dag has no field is_pausd\nhint: did you mean 'is_paused'?\n"
    );
}

}  // namespace reel::cli
