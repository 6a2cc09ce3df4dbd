#include "warehouse/publish/evolution.hpp"

#include <gmock/gmock.h>

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class EvolutionTest : public testing::Test {
  protected:
    EvolutionTest() {
        spec.into = {"s", "t"};
        spec.contract.data_type = ContractWord::evolve;
    }
    /// What becomes of a target's column of one type when another type comes; "" for nothing.
    std::string widened(const std::string& target, const std::string& source) {
        const auto plan =
            plan_evolution(spec, {{.name = "a", .type = source}}, {{.name = "a", .type = target}});
        EXPECT_TRUE(plan) << plan.error().describe();
        if (!plan || plan->sql.empty()) return "";
        EXPECT_EQ(
            plan->sql.front(),
            "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"a\" TYPE " + plan->columns.front().type
        );
        return plan->columns.front().type;
    }

    PublishSpec spec;
};

TEST_F(EvolutionTest, WidensWithinAFamilyOfTypes) {
    EXPECT_EQ(widened("integer", "bigint"), "bigint");
    EXPECT_EQ(widened("smallint", "integer"), "integer");
    EXPECT_EQ(widened("real", "double precision"), "double precision");
    EXPECT_EQ(widened("character varying(5)", "character varying(9)"), "varchar(9)");
    EXPECT_EQ(widened("character varying(5)", "text"), "text");
    EXPECT_EQ(widened("numeric(4,1)", "numeric(6,1)"), "numeric(6,1)");
    EXPECT_EQ(widened("numeric(4,1)", "numeric(4,3)"), "numeric(6,3)") << "both fit";
    EXPECT_EQ(widened("numeric(4,1)", "numeric"), "numeric");
}

TEST_F(EvolutionTest, LeavesWhatIsWideEnough) {
    for (const auto& [target, source] : std::vector<std::pair<std::string, std::string>>{
             {"bigint", "integer"},
             {"integer", "integer"},
             {"double precision", "real"},
             {"character varying(9)", "character varying(5)"},
             {"text", "character varying(9)"},
             {"character varying", "text"},
             {"numeric", "numeric(4,1)"},
             {"numeric(6,2)", "numeric(4,1)"},
             {"timestamp with time zone", "timestamptz"},
         }) {
        EXPECT_EQ(widened(target, source), "") << target << " from " << source;
    }
}

TEST_F(EvolutionTest, LeavesOtherPairsToTheServer) {
    for (const auto& [target, source] : std::vector<std::pair<std::string, std::string>>{
             {"integer", "text"},
             {"date", "timestamp with time zone"},
             {"integer[]", "bigint[]"},
             {"integer", "numeric(4,1)"},
             {"real", "integer"},
         }) {
        EXPECT_EQ(widened(target, source), "") << target << " from " << source;
    }
}

TEST_F(EvolutionTest, ChangesNothingUnasked) {
    spec.contract = {};
    EXPECT_EQ(widened("integer", "bigint"), "");
    spec.contract.data_type = ContractWord::discard_row;
    EXPECT_EQ(widened("integer", "bigint"), "");
    const auto plan = plan_evolution(spec, {{.name = "new", .type = "text"}}, {});
    ASSERT_TRUE(plan);
    EXPECT_THAT(plan->sql, IsEmpty());
}

TEST_F(EvolutionTest, AddsColumnsThatMayBeNull) {
    spec.contract.columns = ContractWord::evolve;
    const auto plan = plan_evolution(
        spec,
        {{.name = "a", .type = "integer"}, {.name = "B c", .type = "numeric(4,1)", .not_null = true}
        },
        {{.name = "a", .type = "integer"}}
    );
    ASSERT_TRUE(plan);
    EXPECT_THAT(plan->sql, ElementsAre("ALTER TABLE \"s\".\"t\" ADD COLUMN \"B c\" numeric(4,1)"));
    ASSERT_EQ(plan->columns.size(), 2U);
    EXPECT_FALSE(plan->columns[1].not_null);
}

TEST_F(EvolutionTest, FrozenTypesAreNamedAllAtOnce) {
    spec.contract.data_type = ContractWord::freeze;
    const auto plan = plan_evolution(
        spec,
        {{.name = "a", .type = "bigint"},
         {.name = "b", .type = "integer"},
         {.name = "c", .type = "text"}},
        {{.name = "a", .type = "integer"},
         {.name = "b", .type = "bigint"},
         {.name = "c", .type = "date"}}
    );
    ASSERT_FALSE(plan);
    EXPECT_THAT(plan.error().message, HasSubstr("column 'a' is bigint, but integer in the table"));
    EXPECT_THAT(plan.error().message, HasSubstr("column 'c' is text, but date in the table"));
    EXPECT_EQ(plan.error().message.find("'b'"), std::string::npos) << "it is wide enough";
    EXPECT_EQ(plan.error().where, "s.t");
}

TEST_F(EvolutionTest, LeavesOutOnlyWhatIsNoKey) {
    spec.key = {"k"};
    const std::vector<CatalogColumn> source{{.name = "k"}, {.name = "a"}, {.name = "b"}};
    const std::vector<CatalogColumn> target{{.name = "a"}};
    EXPECT_THAT(left_out_columns(spec, source, target), IsEmpty());
    spec.contract.columns = ContractWord::discard_value;
    EXPECT_THAT(left_out_columns(spec, source, target), ElementsAre("b"));
}

}  // namespace
}  // namespace reel::warehouse
