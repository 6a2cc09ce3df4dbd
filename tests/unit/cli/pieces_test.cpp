#include <gtest/gtest.h>

#include "cli/api_client.hpp"
#include "cli/completion.hpp"
#include "cli/dag_picture.hpp"
#include "cli/json_text.hpp"
#include "cli/transport.hpp"

namespace reel::cli {

TEST(JsonText, TakesAnObject) {
    EXPECT_EQ(parse_object(R"({"a": 1})", "--conf").value()["a"], 1);
}

TEST(JsonText, SaysWhereTheMistakeIs) {
    const auto one_line = parse_object(R"({"a": oops})", "--conf");
    ASSERT_FALSE(one_line.has_value());
    EXPECT_EQ(one_line.error().message.find("--conf is not valid JSON at column 7: "), 0U)
        << one_line.error().message;
    EXPECT_NE(one_line.error().hint, "");
    const auto two_lines = parse_object("{\n  \"a\": 1,\n}", "--conf");
    ASSERT_FALSE(two_lines.has_value());
    EXPECT_NE(two_lines.error().message.find("line 3, column 1"), std::string::npos)
        << two_lines.error().message;
}

TEST(JsonText, RefusesWhatIsNoObject) {
    EXPECT_EQ(
        parse_object("[1]", "--conf").error().message, "--conf must be a JSON object, not array"
    );
    EXPECT_FALSE(parse_object("", "--conf").has_value());
    EXPECT_FALSE(parse_object("{", "--conf").has_value());
}

TEST(ServerAddress, ReadsWhatPeopleWrite) {
    const auto parts = [](const std::string& url) {
        const auto address = parse_address(url);
        return address ? address->host + " " + address->port : "error";
    };
    EXPECT_EQ(parts("http://127.0.0.1:8080"), "127.0.0.1 8080");
    EXPECT_EQ(parts("http://reel.example/"), "reel.example 80");
    EXPECT_EQ(parts("http://[::1]:9000/"), "::1 9000");
    EXPECT_EQ(parts("http://[::1]"), "::1 80");
    for (const char* const url :
         {"",
          "localhost:8080",
          "https://x",
          "http://",
          "http://x/path",
          "http://u:p@x",
          "http://x:port",
          "http://:80"}) {
        EXPECT_EQ(parts(url), "error") << url;
    }
    EXPECT_EQ((Address{.host = "::1", .port = "1"}.url()), "http://[::1]:1");
}

TEST(ApiPath, EncodesEachPart) {
    EXPECT_EQ(api_path({"dags", "a/b", "x y"}), "/api/v2/dags/a%2Fb/x%20y");
    EXPECT_EQ(
        api_path({"dagRuns", "manual__2026-01-01T00:00:00+00:00", "~"}),
        "/api/v2/dagRuns/manual__2026-01-01T00%3A00%3A00%2B00%3A00/~"
    );
    EXPECT_EQ(percent_encode("é%"), "%C3%A9%25");
}

namespace {

//   a ─▶ b ─▶ d
//   └──▶ c ─▶ d ─▶ e      f
const nlohmann::json tasks = {
    {{"task_id", "a"}, {"operator_name", "bash"}, {"downstream_task_ids", {"b", "c"}}},
    {{"task_id", "b"}, {"operator_name", "sql"}, {"downstream_task_ids", {"d"}}},
    {{"task_id", "c"}, {"operator_name", "sql"}, {"downstream_task_ids", {"d"}}},
    {{"task_id", "d"}, {"operator_name", "sql"}, {"downstream_task_ids", {"e"}}},
    {{"task_id", "e"}, {"operator_name", "sql"}, {"downstream_task_ids", nlohmann::json::array()}},
    {{"task_id", "f"}, {"operator_name", "empty"}, {"downstream_task_ids", nlohmann::json::array()}
    },
};

}  // namespace

TEST(DagPicture, DrawsATree) {
    EXPECT_EQ(
        draw_tree("movies", tasks),
        "movies\n"
        "├─ a (bash)\n"
        "│  ├─ b (sql)\n"
        "│  │  └─ d (sql)\n"
        "│  │     └─ e (sql)\n"
        "│  └─ c (sql)\n"
        "│     └─ d …\n"
        "└─ f (empty)\n"
    );
    EXPECT_EQ(draw_tree("none", nlohmann::json::array()), "none\n");
}

TEST(DagPicture, WritesAGraphForGraphviz) {
    const std::string dot = draw_dot("mo\"vies", tasks);
    EXPECT_EQ(dot.find("digraph \"mo\\\"vies\" {\n"), 0U);
    EXPECT_NE(dot.find("  \"a\" -> \"c\";\n"), std::string::npos);
    EXPECT_NE(dot.find("  \"f\";\n"), std::string::npos);
    EXPECT_TRUE(dot.ends_with("}\n"));
}

TEST(Completion, OffersTheWordsOfTheLongestCommand) {
    const CompletionWords words{{"", {"dags"}}, {"dags", {"list"}}, {"dags list", {"--output"}}};
    const std::string bash = completion_script(words, "bash");
    EXPECT_LT(bash.find("\"dags list\""), bash.find("\"dags\"|"));
    EXPECT_LT(bash.find("\"dags\"|"), bash.find("*) words=\"dags "));
    EXPECT_NE(bash.find("complete -F _reel reel"), std::string::npos);
    EXPECT_EQ(bash.find("bashcompinit"), std::string::npos);
    EXPECT_NE(completion_script(words, "zsh").find("bashcompinit"), std::string::npos);
}

}  // namespace reel::cli
