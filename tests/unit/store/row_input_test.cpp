#include "store/row_input.hpp"

#include <gmock/gmock.h>

#include <array>

namespace reel::store {

namespace {

using ::testing::ElementsAre;

constexpr auto columns = std::to_array<InputColumn>({{"id", "int"}, {"at", "timestamptz"}});

const Columns two_rows{{"1", "2"}, {std::nullopt, "5"}};

TEST(RowInput, OfAnyNumberIsAnArrayPerColumn) {
    EXPECT_EQ(
        input_sql(columns, any_rows),
        "select id, reel.at_micros(at) as at, n "
        "from unnest($1::int[], $2::bigint[]) with ordinality as i(id, at, n)"
    );
    EXPECT_THAT(params_of(two_rows, any_rows), ElementsAre(R"({"1","2"})", R"({NULL,"5"})"));
}

TEST(RowInput, OfAFewIsAValuePerRowAndColumn) {
    EXPECT_EQ(
        input_sql(columns, 2),
        "select id, reel.at_micros(at) as at, n "
        "from (values ($1::int, $2::bigint, 1), ($3::int, $4::bigint, 2)) as i(id, at, n)"
    );
    EXPECT_THAT(params_of(two_rows, 2), ElementsAre("1", std::nullopt, "2", "5"));
}

TEST(RowInput, NamesItsColumnsForATable) {
    EXPECT_EQ(names_of(columns), "id, at");
    EXPECT_EQ(names_of(columns, "t"), "t.id, t.at");
}

}  // namespace

}  // namespace reel::store
