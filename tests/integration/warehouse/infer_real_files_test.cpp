#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

#include "load_fixture.hpp"

namespace reel::warehouse {

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// The files that nobody prepared; they are not part of the repository.
fs::path unprepared_files() {
    if (const char* folder = std::getenv("REEL_TEST_DATA")) {
        return folder;
    }
    return (fs::path(__FILE__).parent_path() / "../../../../shared/data").lexically_normal();
}

class InferRealFiles : public LoadTest {
  protected:
    void SetUp() override {
        if (!fs::exists(unprepared_files() / "movies_1000")) {
            GTEST_SKIP() << "no real data at " << unprepared_files();
        }
    }
};

TEST_F(InferRealFiles, LoadsEachWithoutARejectAndChangesNothingTheSecondTime) {
    std::size_t files = 0;
    for (const char* const folder : {"movies_1000", "cpi", "movies"}) {
        for (const auto& entry : fs::directory_iterator(unprepared_files() / folder)) {
            if (entry.path().extension() != ".csv") {
                continue;
            }
            ++files;
            const auto name = entry.path().stem().string();
            SCOPED_TRACE(entry.path().string());
            const auto inferred =
                infer_file(entry.path().string(), {.into = std::string(folder) + "." + name});
            const auto first = load_ok(inferred.plan);
            EXPECT_EQ(first[0].at("records_rejected"), 0);
            EXPECT_EQ(first[0].at("rejected"), 0);
            EXPECT_EQ(first[0].at("inserted"), first[0].at("staged"));
            EXPECT_EQ(
                first[0].at("records_read").get<int>(),
                first[0].at("staged").get<int>() + first[0].at("duplicates").get<int>()
            );
            if (first[0].at("mode") == "upsert") {
                const auto second = load_ok(inferred.plan);
                EXPECT_EQ(second[0].at("unchanged"), second[0].at("staged"));
            }
        }
    }
    EXPECT_EQ(files, 12U);
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "0");
    EXPECT_EQ(staging_tables(), "0");
}

TEST_F(InferRealFiles, LoadsTheActionsThatCameAsJson) {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(unprepared_files() / "actions")) {
        if (entry.path().extension() != ".json") {
            continue;
        }
        SCOPED_TRACE(entry.path().string());
        const auto into = "actions.t" + std::to_string(++files);
        const auto inferred = infer_file(entry.path().string(), {.into = into}, "json");
        const auto report = load_ok(inferred.plan);
        EXPECT_EQ(report[0].at("records_rejected"), 0) << inferred.yaml;
        EXPECT_EQ(report[0].at("rejected"), 0);
        EXPECT_EQ(report[0].at("inserted"), report[0].at("read"));
    }
    EXPECT_EQ(files, 10U);
}

TEST_F(InferRealFiles, ChoosesTypesOfMoviesAsAPersonWould) {
    const auto inferred =
        infer_file((unprepared_files() / "movies_1000/movies_metadata.csv").string());
    std::map<std::string, std::string> types;
    for (const auto& column : Json::parse(inferred.columns.text)) {
        types[column.at("column")] = column.at("type");
    }
    const std::map<std::string, std::string> expected{
        {"adult", "boolean"},
        {"belongs_to_collection", "text"},
        {"budget", "integer"},
        {"genres", "text"},
        {"homepage", "text"},
        {"tmdb_id", "integer"},
        {"imdb_id", "text"},
        {"release_date", "date"},
        {"revenue", "integer"},
        {"vote_average", "numeric(5,1)"},
        {"vote_count", "integer"},
        {"video", "boolean"},
    };
    for (const auto& [column, type] : expected) {
        EXPECT_EQ(types[column], type) << column;
    }
    EXPECT_EQ(Json::parse(inferred.plan.upserts[0].text).at("key"), Json::array({"tmdb_id"}));
    EXPECT_THAT(inferred.yaml, HasSubstr("keys: id (integer), name (string)"));
}

/// Cells that are hard to tell apart, by the dozen.
std::string odd_cell(std::mt19937& dice) {
    static const std::vector<std::string> cells{
        "",
        "0",
        "1",
        "-1",
        "007",
        "+5",
        "3.14",
        "-0.50",
        ".5",
        "7.",
        "1e5",
        "8.2e-05",
        "1e400",
        "inf",
        "NaN",
        "nan",
        "NULL",
        "None",
        "-",
        ".",
        "N/A",
        "true",
        "False",
        "t",
        "yes",
        "2020-01-31",
        "2020-02-30",
        "2020-01-31 10:00",
        "2020-01-31T10:00:00.123456Z",
        "2020-01-31 00:00:00",
        "2020-01-31 10:00+02",
        "31.12.2020",
        "12/31/2020",
        "01/02/2020",
        "2020/01/31",
        "[]",
        "[1]",
        "{'a': 1}",
        R"({"a": 1})",
        R"(["\u0000"])",
        "[1",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775807",
        "9223372036854775808",
        "0.1234567890123456789012345",
        " 5 ",
        " ",
        "a",
        "it's",
        "\"quoted\"",
        "two\nlines",
        "tab\there",
        "größe",
        "\\N",
        "\\x00",
        "1,234",
        "1_000",
        "0x10",
        "12:30",
        "24:00",
        "99999-01-01",
        "0001-01-01",
        "1e-400",
        "00",
        "-0",
        "1.0",
        "1.00"
    };
    return cells[dice() % cells.size()];
}

std::string csv_cell(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c;
        if (c == '"') quoted += '"';
    }
    return quoted + "\"";
}

class InferOddCells : public LoadTest {};

TEST_F(InferOddCells, StagesWhateverItInferredWithoutAReject) {
    constexpr std::size_t columns = 400;
    constexpr std::size_t records = 12;
    std::mt19937 dice(7);
    // Few different cells in a column, so that many columns are of one kind.
    std::vector<std::vector<std::string>> words(columns);
    for (auto& column : words) {
        for (std::size_t i = 0; i <= dice() % 3; ++i) column.push_back(odd_cell(dice));
    }
    std::string csv;
    for (std::size_t c = 0; c < columns; ++c) csv += (c == 0 ? "c" : ",c") + std::to_string(c);
    for (std::size_t r = 0; r < records; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            csv += (c == 0 ? "\n" : ",") + csv_cell(words[c][dice() % words[c].size()]);
        }
    }
    put("odd.csv", csv);
    const auto inferred = infer_file("odd.csv", {.into = "odd.cells"});
    const auto report = load_ok(inferred.plan);
    EXPECT_EQ(account(report), "12 0 0 12 12 0 0") << inferred.yaml;
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "0")
        << scalar("SELECT string_agg(DISTINCT reason || ' ' || value, E'\\n') FROM reel.quarantine"
           );
}

/// A value as JSON has it: any of the cells as a string, or one that is none.
std::string odd_json(std::mt19937& dice) {
    static const std::vector<std::string> bare{
        "0",
        "-7",
        "2147483648",
        "12345678901234567890",
        "1.5",
        "-0.0",
        "1e5",
        "8.2e-05",
        "1e400",
        "true",
        "false",
        "null",
        "[]",
        "[1, \"a\"]",
        "{\"a\": null}",
        "[{\"id\": 1}]",
        "\"\"",
        "{}"
    };
    if (dice() % 2 == 0) {
        return bare[dice() % bare.size()];
    }
    return Json(odd_cell(dice)).dump();
}

TEST_F(InferOddCells, OfJsonAreStagedWithoutAReject) {
    constexpr std::size_t columns = 400;
    constexpr std::size_t records = 12;
    std::mt19937 dice(11);
    std::vector<std::vector<std::string>> words(columns);
    for (auto& column : words) {
        const std::size_t size = 1 + dice() % 3;
        while (column.size() < size) column.push_back(odd_json(dice));
    }
    std::string lines;
    for (std::size_t r = 0; r < records; ++r) {
        std::string object;
        for (std::size_t c = 0; c < columns; ++c) {
            if (dice() % 8 == 0) continue;  // a key that is missing
            const auto& value = words[c][dice() % words[c].size()];
            object += (object.empty() ? "\"c" : ", \"c") + std::to_string(c) + "\": " + value;
        }
        lines += "{" + object + "}\n";
    }
    put("odd.jsonl", lines);
    const auto inferred = infer_file("odd.jsonl", {.into = "odd.objects"}, "jsonl");
    const auto report = load_ok(inferred.plan);
    EXPECT_EQ(account(report), "12 0 0 12 12 0 0") << inferred.yaml;
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "0")
        << scalar("SELECT string_agg(DISTINCT reason || ' ' || value, E'\\n') FROM reel.quarantine"
           );
}

}  // namespace
}  // namespace reel::warehouse
