#include <gmock/gmock.h>

#include "load_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class ContractOnServer : public LoadTest {
  protected:
    /// Stages t.csv and publishes it, both with words of a contract.
    core::Result<core::JsonText> try_contract(
        const std::string& columns, const std::string& of_stage, const std::string& of_upsert
    ) {
        const auto contract = [](const std::string& words) {
            return words.empty() ? std::string() : R"("contract": )" + words + ", ";
        };
        return try_load(
            {.stage_task = "stage",
             .stage =
                 {R"({"source": "t.csv", "rejects": 9, "tables": {"t": {)" + contract(of_stage) +
                  R"("key": ["id"], "columns": )" + columns + "}}}"},
             .upserts =
                 {{R"({"from": "stage.t", )" + contract(of_upsert) +
                   R"("into": "s.t", "key": ["id"]})"}}}
        );
    }
    Json contract_ok(
        const std::string& columns,
        const std::string& of_stage = "",
        const std::string& of_upsert = ""
    ) {
        const auto report = try_contract(columns, of_stage, of_upsert);
        EXPECT_TRUE(report) << report.error().describe();
        return report ? Json::parse(report->text).at(0) : Json();
    }
    std::string contract_fails(
        const std::string& columns, const std::string& of_stage, const std::string& of_upsert = ""
    ) {
        const auto report = try_contract(columns, of_stage, of_upsert);
        EXPECT_FALSE(report);
        return report ? "" : report.error().describe();
    }
    std::string rows() { return scalar("SELECT string_agg(t::text, ' ' ORDER BY id) FROM s.t"); }
    std::string type_of(const std::string& column) {
        return scalar(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = "
            "'s.t'::regclass AND attname = '" +
            column + "'"
        );
    }
};

constexpr const char* two = R"({"id": "integer", "n": "integer"})";

TEST_F(ContractOnServer, WithoutOneAllIsAsItWas) {
    put("t.csv", "id,n,more\n1,1,a\n2,x,b\n");
    const auto line = contract_ok(two);
    EXPECT_EQ(line.at("inserted"), 1);
    EXPECT_EQ(line.at("rejected"), 1);
    EXPECT_EQ(line.at("discarded"), Json::object());
    EXPECT_EQ(rows(), "(1,1)");
}

TEST_F(ContractOnServer, ANewColumnOfTheFileReachesTheTarget) {
    put("t.csv", "id,n\n1,1\n");
    contract_ok(two);
    put("t.csv", "id,n,Größe\n1,1,groß\n2,2,\n");
    const std::string evolve = R"({"columns": "evolve"})";
    EXPECT_THAT(contract_fails(two, evolve), HasSubstr("the table has no column 'Größe'"))
        << "the target has a contract of its own";
    EXPECT_EQ(rows(), "(1,1)");
    const auto line = contract_ok(two, evolve, evolve);
    EXPECT_EQ(line.at("inserted"), 1);
    EXPECT_EQ(line.at("updated"), 1);
    EXPECT_EQ(rows(), "(1,1,groß) (2,2,)");
    EXPECT_EQ(type_of("Größe"), "text");
    EXPECT_TRUE(logged("ADD COLUMN \"Größe\" text"));
    EXPECT_EQ(contract_ok(two, evolve, evolve).at("unchanged"), 2) << "once it is there";
}

TEST_F(ContractOnServer, AFrozenHeaderFailsBeforeAnythingIsMade) {
    put("t.csv", "id,n,more\n1,1,a\n");
    const auto error = contract_fails(two, R"({"columns": "freeze"})");
    EXPECT_THAT(error, HasSubstr("t.csv: the file has columns that nobody declared"));
    EXPECT_THAT(error, HasSubstr("more"));
    EXPECT_EQ(scalar("SELECT to_regnamespace('reel') IS NULL"), "t");
}

TEST_F(ContractOnServer, FrozenTypesFailWithThePlaceAndKeepTheReject) {
    put("t.csv", "id,n\n1,1\n2,x\n3,y\n");
    const auto error = contract_fails(two, R"({"data_type": "freeze"})");
    EXPECT_THAT(
        error,
        HasSubstr(
            "the contract of 't' is frozen: t.csv line 3, record 2, column n: integer: not an "
            "integer (x)"
        )
    );
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "2");
    EXPECT_EQ(scalar("SELECT to_regclass('s.t') IS NULL"), "t");
    EXPECT_EQ(staging_tables(), "0");
}

TEST_F(ContractOnServer, AFrozenKeyOfJsonFails) {
    put("t.jsonl", "{\"id\": 1}\n{\"id\": 2, \"new\": 5}\n");
    const auto report = try_load(
        {.stage_task = "stage",
         .stage = {R"({"source": {"path": "t.jsonl", "format": "jsonl"}, "rejects": 9,
            "tables": {"t": {"contract": "freeze", "columns": {"id": "integer"}}}})"},
         .upserts = {{R"({"from": "stage.t", "into": "s.t"})"}}}
    );
    ASSERT_FALSE(report);
    EXPECT_THAT(
        report.error().describe(), HasSubstr("line 2, record 2, column new: nobody declared")
    );
}

TEST_F(ContractOnServer, DiscardedValuesAreNullAndOnRecord) {
    std::string file = "id,n,more\n";
    for (int i = 0; i < 100; ++i) {
        file += std::to_string(i) + (i % 10 == 0 ? ",x,y\n" : ",1,\n");
    }
    put("t.csv", file);
    const auto line = contract_ok(two, R"("discard_value")");
    EXPECT_EQ(line.at("inserted"), 100);
    EXPECT_EQ(line.at("rejected"), 0);
    EXPECT_EQ(line.at("discarded"), Json::parse(R"({"more": 10, "n": 10})"));
    EXPECT_EQ(scalar("SELECT count(*) FROM s.t WHERE n IS NULL"), "10");
    EXPECT_EQ(scalar("SELECT discarded_values FROM reel.stage_reports"), "20");
    EXPECT_TRUE(logged("t: 10 values of 'n' discarded"));
}

TEST_F(ContractOnServer, RowsWithValuesOfNewColumnsAreQuarantined) {
    put("t.csv", "id,n,more\n1,1,\n2,2,a\n");
    const auto line = contract_ok(two, R"({"columns": "discard_row"})");
    EXPECT_EQ(line.at("inserted"), 1);
    EXPECT_EQ(line.at("rejected"), 1);
    EXPECT_EQ(
        scalar("SELECT rule || ' ' || column_name || ' ' || value FROM reel.quarantine"),
        "columns more a"
    );
}

TEST_F(ContractOnServer, TheTargetsTypesWidenOnlyUnderEvolve) {
    put("t.csv", "id,n\n1,1\n");
    contract_ok(R"j({"id": "integer", "n": "varchar(3)"})j");
    put("t.csv", "id,n\n3000000000,long\n");
    const std::string wider = R"j({"id": "bigint", "n": "varchar(9)"})j";
    EXPECT_FALSE(try_contract(wider, "", "")) << "the server refuses";
    EXPECT_THAT(
        contract_fails(wider, "", R"({"data_type": "freeze"})"),
        HasSubstr("column 'id' is bigint, but integer in the table; column 'n' is character "
                  "varying(9), but character varying(3) in the table")
    );
    contract_ok(wider, "", R"({"data_type": "evolve"})");
    EXPECT_EQ(rows(), "(1,1) (3000000000,long)");
    EXPECT_EQ(type_of("id"), "bigint");
    EXPECT_EQ(type_of("n"), "character varying(9)");
    put("t.csv", "id,n\n1,2\n");
    contract_ok(two, "", R"("evolve")");
    EXPECT_EQ(type_of("id"), "bigint") << "never narrower";
}

TEST_F(ContractOnServer, ATableIsMadeOnlyWhereItMay) {
    put("t.csv", "id,n\n1,1\n");
    EXPECT_THAT(
        contract_fails(two, "", R"({"tables": "freeze"})"),
        HasSubstr("s.t: the table is missing, and the contract freezes the tables")
    );
    contract_ok(two, "", R"({"tables": "evolve"})");
    contract_ok(two, "", R"({"tables": "freeze"})");
}

TEST_F(ContractOnServer, AColumnThatTheTargetLacksCanBeLeftOut) {
    exec("CREATE SCHEMA s; CREATE TABLE s.t (id integer PRIMARY KEY)");
    put("t.csv", "id,n\n1,1\n");
    EXPECT_THAT(contract_fails(two, ""), HasSubstr("the table has no column 'n'"));
    contract_ok(two, "", R"({"columns": "discard_value"})");
    EXPECT_EQ(rows(), "(1)");
    EXPECT_TRUE(logged("column 'n' is left out: s.t lacks it"));
}

}  // namespace
}  // namespace reel::warehouse
