#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "unit/dagfile/dag_schema.hpp"
#include "unit/dagfile/parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::ordered_json;

/// A bit of everything, in YAML's own forms.
constexpr std::string_view example = R"(default:
  default_args: &args {retries: 2, retry_delay: 5m}
  catchup: false
movies:
  description: "quoted ü"
  schedule: '@daily'
  start_date: 2024-01-01
  default_args:
    <<: *args
    owner: me
  params:
    n: {type: integer, default: 3, minimum: 1}
  task_groups:
  - {group_name: load, tooltip: loads}
  tasks:
  - task_id: stage
    operator: stage
    source: {path: m.csv}
    tables: {m: {key: [id], columns: {id: {type: integer}}}}
  - task_id: upsert
    operator: upsert
    from: stage.m
    into: a.m
    task_group_name: load
  - task_id: tell
    operator: bash
    dependencies: [load]
    bash_command: |
      echo {{ ds }}
      echo {{ params.n }}
ratings:
  tasks: {one: {operator: empty}}
)";

/// What holds of every text, whatever it is.
void check_promises(const std::string& text) {
    const LoadedFile file = parse(text);
    const auto lines = std::ranges::count(text, '\n') + 2;
    for (const Diagnostic& diagnostic : file.diagnostics) {
        ASSERT_FALSE(diagnostic.message.empty()) << text;
        ASSERT_EQ(diagnostic.at.file, "test.yaml") << text;
        ASSERT_GE(diagnostic.at.line, 1) << diagnostic.describe() << "\n" << text;
        ASSERT_GE(diagnostic.at.column, 1) << diagnostic.describe() << "\n" << text;
        ASSERT_LE(diagnostic.at.line, lines) << diagnostic.describe() << "\n" << text;
        for (const core::Dag& dag : file.dags) {
            ASSERT_NE(diagnostic.dag_id, dag.dag_id.str()) << "a DAG with a mistake is given out";
            ASSERT_FALSE(diagnostic.dag_id.empty()) << "a mistake of all DAGs harms none";
        }
    }
}

TEST(MutatedFile, ThatIsCutAnywhereHasItsMistakesPlaced) {
    const std::string whole(example);
    ASSERT_TRUE(parse(whole).diagnostics.empty());
    ASSERT_EQ(parse(whole).dags.size(), 2U);
    // A step that shares no factor with the indentation comes by every kind of place.
    for (std::size_t end = 0; end < whole.size(); end += 7) {
        check_promises(whole.substr(0, end));
    }
}

TEST(MutatedFile, WithoutOneOfItsLinesHasItsMistakesPlaced) {
    const std::string whole(example);
    for (std::size_t begin = 0; begin < whole.size();) {
        const std::size_t end = whole.find('\n', begin) + 1;
        check_promises(whole.substr(0, begin) + whole.substr(end));
        begin = end;
    }
}

TEST(MutatedFile, WithOtherCharactersHasItsMistakesPlaced) {
    std::mt19937 random(11);
    constexpr std::string_view letters = "abm0 :-{}[]'\"|>&*!#%@,.?\n\t~<+/\\=\x80\xC3";
    for (int round = 0; round < 250; ++round) {
        std::string text(example);
        for (unsigned changes = 1 + random() % 3; changes > 0; --changes) {
            text[random() % text.size()] = letters[random() % letters.size()];
        }
        check_promises(text);
    }
}

TEST(MutatedFile, IndentedOtherwiseHasItsMistakesPlaced) {
    std::mt19937 random(12);
    for (int round = 0; round < 100; ++round) {
        std::string text(example);
        const std::size_t at = text.find('\n', random() % (text.size() - 2)) + 1;
        text.insert(std::min(at, text.size() - 1), std::string(1 + random() % 3, ' '));
        check_promises(text);
    }
}

/// Documents with every kind of block, to be bent value by value.
std::vector<ordered_json> documents() {
    const char* const texts[] = {
        R"({"d": {"schedule": "@daily", "start_date": "2024-01-01", "tags": ["x"],
            "max_active_runs": 2, "catchup": true, "dagrun_timeout": "1h",
            "params": {"n": {"type": "integer", "default": 3}, "p": "x"},
            "task_groups": {"g": {"tooltip": "x", "prefix_group_id": false}},
            "tasks": {"a": {"operator": "empty", "task_group_name": "g", "retries": 1},
                      "b": {"operator": "bash", "bash_command": "echo", "env": {"A": "b"},
                            "skip_on_exit_code": [1], "retry_exponential_backoff": true,
                            "dependencies": ["a"], "execution_timeout": 5}}}})",
        R"({"default": {"default_args": {"retries": 2, "conn_id": "w"}},
            "d": {"tasks": [
                {"task_id": "p", "operator": "python", "python_callable": "m.f",
                 "op_args": [1], "op_kwargs": {"x": 1}, "trigger_rule": "all_done"},
                {"task_id": "s", "operator": "sql", "sql": ["select 1"]},
                {"task_id": "l", "operator": "download", "from": "x", "extract": true,
                 "headers": {"A": "b"}, "checksum": "{{ params.sum }}"}]}})",
        R"({"d": {"tasks": [
            {"task_id": "s", "operator": "stage", "source": {"path": "m.csv", "header": false,
             "columns": ["id"]}, "rejects": {"max": "1%"},
             "tables": {"m": {"key": ["id"], "each": "x",
                        "columns": {"id": {"from": ["a"], "type": "integer", "not_null": true}}}}},
            {"task_id": "u", "operator": "upsert", "from": "s.m", "into": "a.m", "key": "id"},
            {"task_id": "q", "operator": "quality", "checks": {"a.m": [
             {"row_count": {"min": 1}}, {"unique": ["id"]},
             {"range": {"column": "id", "max": 5}, "severity": "warn"},
             {"relationships": {"column": "id", "to": "a.b.c"}},
             {"accepted_values": {"column": "id", "values": [1, "x"]}},
             {"freshness": {"column": "at", "max_age": "3d"}}]}}]}})",
    };
    std::vector<ordered_json> parsed;
    for (const char* text : texts) {
        parsed.push_back(ordered_json::parse(text));
    }
    return parsed;
}

/// Every value of a document but the whole, as JSON pointers.
std::vector<ordered_json::json_pointer> places_of(const ordered_json& document) {
    std::vector<ordered_json::json_pointer> places;
    for (const auto& leaf : document.flatten().items()) {
        for (ordered_json::json_pointer at(leaf.key()); !at.empty(); at = at.parent_pointer()) {
            if (std::ranges::find(places, at) == places.end()) {
                places.push_back(at);
            }
        }
    }
    return places;
}

/// The schema may let pass what the reader refuses, for it cannot know everything; never the other
/// way round, or an editor would blame a file that Reel takes.
TEST(MutatedDocument, ThatTheReaderTakesIsTakenByTheSchema) {
    const ordered_json values =
        ordered_json::parse(R"([null, true, 5, 1.5, "5m", ["a"], {"a": "b"}])");
    int taken = 0;
    for (const ordered_json& document : documents()) {
        ASSERT_TRUE(parse(document.dump()).diagnostics.empty()) << document;
        for (const auto& place : places_of(document)) {
            for (const ordered_json& value : values) {
                ordered_json bent = document;
                bent.at(place) = value;
                const std::string text = bent.dump();
                if (parse(text).diagnostics.empty()) {
                    ++taken;
                    EXPECT_TRUE(DagSchema::once().accepts(text)) << place << " " << text;
                }
            }
        }
    }
    EXPECT_GT(taken, 100);
}

TEST(MutatedDocument, WithoutAnyOneOfItsValuesIsReadOrPlaced) {
    for (const ordered_json& document : documents()) {
        for (const auto& place : places_of(document)) {
            ordered_json bent = document;
            ordered_json& parent = bent.at(place.parent_pointer());
            if (parent.is_array()) {
                parent.erase(std::stoul(place.back()));
            } else {
                parent.erase(place.back());
            }
            const std::string text = bent.dump();
            check_promises(text);
            if (parse(text).diagnostics.empty()) {
                EXPECT_TRUE(DagSchema::once().accepts(text)) << "without " << place;
            }
        }
    }
}

}  // namespace
}  // namespace reel::dagfile
