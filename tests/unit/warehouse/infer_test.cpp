#include "reel/warehouse/infer.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "reel/dagfile/load.hpp"
#include "reel/warehouse/rejects.hpp"
#include "warehouse/args.hpp"
#include "warehouse/load/load_spec.hpp"

namespace reel::warehouse {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Infer : public testing::Test {
  protected:
    Infer() {
        std::string name = (fs::temp_directory_path() / "reel-infer-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~Infer() override { fs::remove_all(folder); }
    Infer(const Infer&) = delete;
    Infer& operator=(const Infer&) = delete;

    fs::path put(const std::string& name, const std::string& content) const {
        std::ofstream(folder / name, std::ios::binary) << content;
        return folder / name;
    }
    core::Result<InferredLoad> infer(const std::string& content, InferRequest request = {}) {
        put("my file.csv", content);
        if (request.source.text == core::JsonText{}.text)
            request.source = {R"({"path": "my file.csv"})"};
        request.data_dir = folder;
        return infer_load(request, [](const std::string&) {});
    }
    InferredLoad inferred(const std::string& content, const InferRequest& request = {}) {
        auto result = infer(content, request);
        EXPECT_TRUE(result) << result.error().describe();
        return result.value_or(InferredLoad{});
    }
    /// Name and type of each column of the one table.
    static std::string columns(const InferredLoad& load) {
        std::string text;
        for (const auto& row : Json::parse(load.columns.text)) {
            text += (text.empty() ? "" : ", ") + row.at("column").get<std::string>() + " " +
                    row.at("type").get<std::string>() + (row.at("not_null") == true ? "!" : "");
        }
        return text;
    }

    fs::path folder;
};

const std::string movies =
    "movieId,Title,Budget,Released,Genres,Zip\n"
    "1,Toy Story,30000000,1995-10-30,\"[{'id': 16, 'name': 'Animation'}]\",01234\n"
    "2,\"Heat, \"\"Hot\"\"\nand more\",,1995-12-15,[],00501\n"
    "3,None,3000000000,,\"[{'id': 35, 'name': None}]\",99999\n";

TEST_F(Infer, GivesEachColumnTheTypeThatKeepsItsValues) {
    const auto load = inferred(movies);
    EXPECT_EQ(
        columns(load),
        "movie_id integer!, title text!, budget bigint, released date, genres text!, zip text!"
    );
}

TEST_F(Infer, WritesADagThatIsThePlan) {
    const auto load = inferred(movies, {.into = "shop.movies"});
    const auto spec = put("spec.yaml", load.yaml);
    const auto again = read_load_spec(spec, {});
    ASSERT_TRUE(again) << again.error().describe() << load.yaml;
    EXPECT_EQ(again->stage_task, load.plan.stage_task);
    EXPECT_EQ(Json::parse(again->stage.text), Json::parse(load.plan.stage.text)) << load.yaml;
    ASSERT_EQ(again->upserts.size(), 1U);
    EXPECT_EQ(Json::parse(again->upserts[0].text), Json::parse(load.plan.upserts[0].text));
    const auto dags = dagfile::load_dag_file(spec, folder, {});
    EXPECT_TRUE(dags.diagnostics.empty()) << dags.diagnostics.front().describe() << load.yaml;
    EXPECT_EQ(dags.dags.size(), 1U);
}

TEST_F(Infer, SaysOfEachColumnWhatWasSeen) {
    const auto yaml = inferred(movies).yaml;
    EXPECT_THAT(yaml, testing::StartsWith("# 3 records of my file.csv ("));
    EXPECT_THAT(yaml, HasSubstr("# whole numbers from 1 to 3\n"));
    EXPECT_THAT(
        yaml, HasSubstr("# 3 values, none null, 3 distinct (unique), 1 byte: \"1\", \"2\", \"3\"\n")
    );
    EXPECT_THAT(yaml, HasSubstr("movie_id: {from: movieId, type: integer, not_null: true}\n"));
    EXPECT_THAT(yaml, HasSubstr("# 2 values, 1 null, 2 distinct (unique), 8 to 10 bytes"));
    EXPECT_THAT(yaml, HasSubstr("2 with leading zeros, which a number would lose, the first in"));
    EXPECT_THAT(yaml, HasSubstr("keys: id (integer), name (string, not always)"));
    EXPECT_THAT(yaml, HasSubstr("\\\"Hot\\\"\\nand more")) << "in one line";
    EXPECT_THAT(yaml, HasSubstr("into: public.my_file\n")) << "named after the file";
}

TEST_F(Infer, TakesTheFirstColumnThatIsUniqueAndNeverNullForTheKey) {
    const auto key_of = [&](const std::string& content) {
        return Json::parse(inferred(content).plan.upserts.at(0).text).value("key", Json());
    };
    EXPECT_EQ(key_of("a,b,c\n1,x,5\n1,y,6\n"), Json::array({"b"}));
    EXPECT_EQ(key_of("a,b\n1,x\n,y\n"), Json::array({"b"})) << "a has a null";
    EXPECT_EQ(key_of("a,b\n0.5,x\n1.5,x\n"), Json()) << "decimals are no keys";
    EXPECT_EQ(key_of("a\n"), Json());
    EXPECT_THAT(inferred("a\n1\n1\n").yaml, HasSubstr("every load appends"));
}

TEST_F(Infer, TakesTheKeyThatIsAskedFor) {
    const auto load = inferred("userId,b\n1,x\n1,y\n1,x\n,z\n", {.key = {"userId", "b"}});
    EXPECT_EQ(Json::parse(load.plan.upserts.at(0).text).at("key"), Json::array({"user_id", "b"}));
    EXPECT_THAT(load.yaml, HasSubstr("key: [user_id, b]"));
    EXPECT_THAT(load.yaml, HasSubstr("1 record repeats an earlier one"));
    EXPECT_THAT(load.yaml, HasSubstr("lacks a part of it and will be rejected"));
    EXPECT_THAT(load.yaml, HasSubstr("rejects: {max: \"1\"}")) << "so that it loads as it is";
    EXPECT_TRUE(infer("userId\n1\n", {.key = {"user_id"}})) << "the table's name does, too";
    const auto wrong = infer("userId\n1\n", {.key = {"userid"}});
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().message, HasSubstr("no column 'userid'"));
    EXPECT_THAT(wrong.error().message, HasSubstr("did you mean 'userId'?"));
}

TEST_F(Infer, BearsWhatCannotBeReadAndSaysSo) {
    const auto load = inferred("a,b\n1,2\n3\n4,5,6\n7,8\n");
    EXPECT_THAT(load.yaml, HasSubstr("4 records of my file.csv"));
    EXPECT_THAT(load.yaml, HasSubstr("2 cannot be read"));
    EXPECT_THAT(load.yaml, HasSubstr("the first of these in line 3: "));
    EXPECT_THAT(load.yaml, HasSubstr("rejects: {max: \"2\"}"));
    EXPECT_EQ(columns(load), "a integer!, b integer!");
    EXPECT_THAT(inferred("a,b\n1\n", {.rejects = "5%"}).yaml, HasSubstr("rejects: {max: \"5%\"}"));
}

TEST_F(Infer, ReadsAsTheSourceSays) {
    const auto load = inferred(
        "1;'a;b'\n2;c\n",
        {.source = {R"({"path": "my file.csv", "delimiter": ";", "quote": "'", "header": false})"}}
    );
    EXPECT_EQ(columns(load), "column_1 integer!, column_2 text!");
    EXPECT_THAT(load.yaml, HasSubstr(R"(delimiter: ";", quote: "'", header: false)"));
}

TEST_F(Infer, RefusesWhatCannotBeLoaded) {
    const auto open = infer("a,b\n1,\"x\n2,y\n");
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().code, core::Errc::corrupt_data);
    EXPECT_THAT(open.error().message, HasSubstr("a quote is still open at the end"));
    const auto empty = infer("");
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().where, "my file.csv");
    const auto missing = infer("", {.source = {R"({"path": "myfile.csv"})"}});
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("did you mean 'my file.csv'?"));
    const auto odd = infer("a\n", {.source = {R"({"path": "my file.csv", "format": "xls"})"}});
    ASSERT_FALSE(odd);
    EXPECT_THAT(odd.error().message, HasSubstr("'xls' is not known"));
    EXPECT_FALSE(infer("a\n", {.into = "a.b.c"}));
}

const InferRequest json_lines{.source = {R"({"path": "my file.csv", "format": "jsonl"})"}};

TEST_F(Infer, TakesTheKeysOfJsonForColumns) {
    const auto load = inferred(
        R"({"movieId": 1, "title": "Heat", "rating": 4, "tags": ["a"], "who": {"id": 5}, "ok": true})"
        "\n"
        R"({"movieId": 2, "title": "", "rating": 3.5, "extra": "2020-01-31", "ok": false})"
        "\n"
        R"({"movieId": 3, "title": "x", "rating": null, "extra": ""})"
        "\n",
        json_lines
    );
    EXPECT_EQ(
        columns(load),
        "movie_id integer!, title text!, rating numeric(4,1), tags jsonb, who jsonb, ok boolean, "
        "extra date"
    );
    EXPECT_THAT(load.yaml, HasSubstr("extra: {type: date, empty_as_null: true}"));
    EXPECT_THAT(load.yaml, HasSubstr("# 1 value, 2 null, 1 distinct (unique), 10 bytes"));
    EXPECT_THAT(load.yaml, HasSubstr("key: [movie_id]"));
    EXPECT_EQ(Json::parse(load.plan.stage.text).at("source").at("format"), "jsonl");
}

TEST_F(Infer, OfJsonTakesAKeyBearsBadLinesAndBoundsTheColumns) {
    auto request = json_lines;
    request.key = {"a", "b"};
    const auto load =
        inferred("{\"a\": 1, \"b\": 2}\n{\"a\": 1, \"b\": 2}\n{\"a\": 1}\n[1]\n", request);
    EXPECT_THAT(load.yaml, HasSubstr("1 record repeats an earlier one"));
    EXPECT_THAT(load.yaml, HasSubstr("1 cannot be read"));
    EXPECT_THAT(load.yaml, HasSubstr("rejects: {max: \"2\"}")) << "with the one without b";
    request.key = {"c"};
    const auto wrong = infer("{\"a\": 1}\n", request);
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().message, HasSubstr("no column 'c'"));
    std::string many;
    for (int i = 0; i < 1501; ++i) many += "{\"k" + std::to_string(i) + "\": 1}\n";
    const auto wide = infer(many, json_lines);
    ASSERT_FALSE(wide);
    EXPECT_THAT(wide.error().message, HasSubstr("more than 1500 keys"));
}

TEST_F(Infer, ReadsAllFilesOfAPattern) {
    put("part-1.csv", "a,b\n1,x\n");
    put("part-2.csv", "a,b\n2147483648,y\n");
    const InferRequest parts{.source = {R"({"path": "part-*.csv"})"}, .into = "s.t"};
    EXPECT_EQ(columns(inferred("", parts)), "a bigint!, b text!");
    put("part-3.csv", "a,c\n1,x\n");
    const auto other = infer("", parts);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().where, "part-3.csv");
}

TEST_F(Infer, NamesDagAndTasksAsTheyMayBeCalled) {
    const auto load = inferred("größe\n5\n", {.into = "Läden.Größe in cm"});
    EXPECT_THAT(load.yaml, HasSubstr("into: \"Läden.Größe in cm\"\n"));
    EXPECT_TRUE(core::is_valid_key(load.plan.stage_task)) << load.plan.stage_task;
    const auto dags = dagfile::load_dag_file(put("spec.yaml", load.yaml), folder, {});
    EXPECT_TRUE(dags.diagnostics.empty()) << dags.diagnostics.front().describe() << load.yaml;
}

TEST(EscapeBytes, SaysEachByteInOneLine) {
    EXPECT_EQ(escape_bytes("a,\"b\"\r\n\tc\\d"), R"(a,"b"\r\n\tc\\d)");
    EXPECT_EQ(escape_bytes(std::string("\x00\x1b\xff", 3)), R"(\x00\x1b\xff)");
    EXPECT_EQ(escape_bytes("größe"), "größe");
    EXPECT_EQ(escape_bytes("\\n"), R"(\\n)") << "no line break";
    EXPECT_EQ(escape_bytes(""), "");
}

}  // namespace
}  // namespace reel::warehouse
