#include "warehouse/contract.hpp"

#include <gmock/gmock.h>

#include "recording_sink.hpp"
#include "warehouse/args.hpp"
#include "warehouse/source/json_records.hpp"
#include "warehouse/stage/new_columns.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string contract_mistakes(const std::string& text) {
    const Json object = Json::parse(text);
    Mistakes mistakes;
    ArgReader reader(object, "t", mistakes);
    static_cast<void>(parse_contract(reader, mistakes));
    return mistakes.empty() ? "" : mistakes.to_error("stage").describe();
}

Contract contract_of(const std::string& text) {
    const Json object = Json::parse(text);
    Mistakes mistakes;
    ArgReader reader(object, "t", mistakes);
    const auto contract = parse_contract(reader, mistakes);
    EXPECT_TRUE(mistakes.empty());
    return contract;
}

TEST(ContractTest, IsAWordForAllOrAWordEach) {
    const auto none = contract_of("{}");
    EXPECT_FALSE(none.tables || none.columns || none.data_type);
    const auto frozen = contract_of(R"({"contract": "freeze"})");
    EXPECT_EQ(frozen.tables, ContractWord::freeze);
    EXPECT_TRUE(frozen.columns_are(ContractWord::freeze));
    EXPECT_TRUE(frozen.types_are(ContractWord::freeze));
    EXPECT_EQ(contract_of(R"({"contract": "discard_value"})").tables, std::nullopt);
    const auto each = contract_of(
        R"({"contract": {"tables": "evolve", "columns": "discard_row", "data_type": "discard_value"}})"
    );
    EXPECT_EQ(each.tables, ContractWord::evolve);
    EXPECT_EQ(each.columns, ContractWord::discard_row);
    EXPECT_EQ(each.data_type, ContractWord::discard_value);
}

TEST(ContractTest, MistakesHaveTheirPlace) {
    EXPECT_THAT(
        contract_mistakes(R"({"contract": {"columns": "discard_rows"}})"),
        HasSubstr("t.contract.columns: 'discard_rows' is none of evolve, freeze, discard_row, "
                  "discard_value (did you mean 'discard_row'?)")
    );
    EXPECT_THAT(
        contract_mistakes(R"({"contract": {"tables": "discard_row"}})"),
        HasSubstr("t.contract.tables: evolve makes a table that is missing")
    );
    EXPECT_THAT(contract_mistakes(R"({"contract": {"column": "freeze"}})"), HasSubstr("column"));
    EXPECT_THAT(contract_mistakes(R"({"contract": "frieze"})"), HasSubstr("t.contract: 'frieze'"));
}

/// Records of a file with a header through the router.
class ContractedRows : public testing::Test {
  protected:
    core::Result<void> use(const std::string& tables, const std::vector<std::string>& header) {
        auto parsed = parse_stage_spec(
            {R"({"source": {"path": "x", "format": ")" + format + R"("}, "tables": )" + tables + "}"
            }
        );
        if (!parsed) return std::unexpected(parsed.error());
        spec = *std::move(parsed);
        if (auto evolved = evolve_columns(spec, header); !evolved) return evolved;
        auto bound = bind_columns(spec, header);
        if (!bound) return std::unexpected(bound.error());
        tables_ = *std::move(bound);
        router.emplace(tables_, sink);
        return {};
    }
    void use_ok(const std::string& tables, const std::vector<std::string>& header) {
        const auto used = use(tables, header);
        ASSERT_TRUE(used) << used.error().describe();
    }
    void take(const std::vector<std::string>& cells) {
        Record record;
        for (const auto& cell : cells) record.cells.push_back({.text = cell});
        router->take(record);
    }
    void take_json(const std::string& text) {
        JsonJudge judge;
        Record record;
        judge.fill(text, record);
        router->take(record);
    }
    [[nodiscard]] const TableAccount& account(std::size_t table = 0) const {
        return router->account().tables[table];
    }

    std::string format = "csv";
    StageSpec spec;
    std::vector<BoundTable> tables_;
    RecordingSink sink;
    std::optional<RecordRouter> router;
};

TEST_F(ContractedRows, AValueThatDoesNotFitBecomesNullAndIsCounted) {
    use_ok(
        R"({"t": {"key": ["id"], "contract": {"data_type": "discard_value"}, "columns": {
            "id": "integer", "n": "integer", "d": "date", "m": {"type": "integer", "not_null": true}}}})",
        {"id", "n", "d", "m"}
    );
    take({"1", "x", "y", "4"});
    take({"2", "z", "2020-01-01", "4"});
    take({"a", "1", "", "4"});
    take({"3", "1", "", "x"});
    ASSERT_EQ(sink.rows[0].size(), 2U);
    EXPECT_EQ(sink.rows[0][0], "1|NULL|NULL|4");
    EXPECT_EQ(account().discarded.at("n"), 2U);
    EXPECT_EQ(account().discarded.at("d"), 1U);
    EXPECT_EQ(account().discarded_values(), 3U);
    ASSERT_EQ(sink.rejected.size(), 2U) << "keys and what must not be NULL";
    EXPECT_EQ(sink.rejected[0].column, "id");
    EXPECT_EQ(sink.rejected[1].column, "m");
    EXPECT_TRUE(account().balances());
}

TEST_F(ContractedRows, ARejectedRecordDiscardsNothing) {
    use_ok(
        R"({"a": {"contract": {"data_type": "discard_value"}, "columns": {"n": "integer"}},
            "b": {"columns": {"m": "integer"}}})",
        {"n", "m"}
    );
    take({"x", "x"});
    take({"x", "1"});
    EXPECT_EQ(account().discarded.at("n"), 1U);
}

TEST_F(ContractedRows, ElementsDiscardTheirOwn) {
    use_ok(
        R"({"t": {"each": "l", "contract": "discard_value", "columns": {"a": "integer"}}})", {"l"}
    );
    take({R"([{"a": "x", "b": 1, "c": null}, {"a": 5}])"});
    EXPECT_THAT(sink.rows[0], ElementsAre("NULL", "5"));
    EXPECT_EQ(account().discarded, (std::map<std::string, std::uint64_t>{{"a", 1}, {"b", 1}}));
}

TEST_F(ContractedRows, NewColumnsOfTheHeader) {
    const auto tables = [](const std::string& word) {
        return R"({"t": {"contract": {"columns": ")" + word +
               R"("}, "columns": {"a": {"from": "x"}}},
                   "l": {"each": "l", "columns": {"b": {"from": "/y"}}}})";
    };
    const std::vector<std::string> header{"x", "y", "l", "new", "new too"};
    const auto frozen = use(tables("freeze"), header);
    ASSERT_FALSE(frozen);
    EXPECT_THAT(
        frozen.error().message, HasSubstr("the contract of 't' freezes them: new, new too")
    );
    EXPECT_TRUE(use(tables("freeze"), {"x", "y", "l"})) << "another table reads y and l";

    use_ok(tables("discard_row"), header);
    take({"1", "2", "", "3", ""});
    take({"1", "2", "", "", ""});
    EXPECT_THAT(sink.rows[0], ElementsAre("1"));
    ASSERT_EQ(sink.rejected.size(), 1U);
    EXPECT_EQ(sink.rejected[0].rule, "columns");
    EXPECT_EQ(sink.rejected[0].column, "new");
    EXPECT_EQ(sink.rejected[0].value, "3");

    sink = {};
    use_ok(tables("discard_value"), header);
    take({"1", "2", "", "3", "4"});
    take({"1", "2", "", "3", ""});
    EXPECT_THAT(sink.rows[0], ElementsAre("1", "1"));
    EXPECT_EQ(
        account().discarded, (std::map<std::string, std::uint64_t>{{"new", 2}, {"new too", 1}})
    );

    sink = {};
    use_ok(tables("evolve"), header);
    take({"1", "2", "", "3", ""});
    EXPECT_THAT(sink.rows[0], ElementsAre("1|3|NULL"));
}

TEST_F(ContractedRows, EvolveNeedsANameThatIsFree) {
    const std::string tables =
        R"({"t": {"contract": {"columns": "evolve"}, "columns": {"a": {"from": "x"}}}})";
    const auto taken = use(tables, {"x", "a"});
    ASSERT_FALSE(taken);
    EXPECT_THAT(taken.error().message, HasSubstr("new column 'a' cannot become a column of 't'"));
    EXPECT_FALSE(use(tables, {"x", std::string(64, 'n')}));
    EXPECT_FALSE(use(tables, {"x", "_reel_row"}));
}

TEST_F(ContractedRows, NewKeysOfObjects) {
    format = "jsonl";
    const auto tables = [](const std::string& word) {
        return R"({"t": {"contract": {"columns": ")" + word +
               R"("}, "columns": {"a": {}, "c": {"from": ["city.name", "c"]}}}})";
    };
    use_ok(tables("discard_row"), {});
    take_json(R"({"a": "1", "city": {"name": "x", "zip": 1}})");
    take_json(R"({"a": "1", "b": null})");
    take_json(R"({"a": "1", "b": [2]})");
    EXPECT_THAT(sink.rows[0], ElementsAre("1|x", "1|NULL"));
    ASSERT_EQ(sink.rejected.size(), 1U);
    EXPECT_EQ(sink.rejected[0].column, "b");
    EXPECT_EQ(sink.rejected[0].value, "[2]");
    const auto evolve = use(tables("evolve"), {});
    ASSERT_FALSE(evolve);
    EXPECT_THAT(evolve.error().describe(), HasSubstr("tables.t.contract.columns: evolve needs"));
    format = "csv";
    EXPECT_FALSE(use(
        R"({"t": {"each": "l", "contract": {"columns": "evolve"}, "columns": {"a": {}}}})", {"l"}
    ));
}

}  // namespace
}  // namespace reel::warehouse
