#include <gtest/gtest.h>

#include <string>

#include "warehouse/types/column_type.hpp"

namespace reel::warehouse {
namespace {

std::string canonical(std::string_view text) {
    const auto type = parse_column_type(text);
    if (!type) return type.error().message + " / " + type.error().hint;
    return type->sql() + " " + std::to_string(type->oid());
}

TEST(ColumnType, KnowsPostgresNamesAliasesAndOids) {
    for (const char* name : {"smallint", "int2", "SmallInt"}) {
        EXPECT_EQ(canonical(name), "smallint 21");
    }
    for (const char* name : {"integer", "int", "INT4"}) EXPECT_EQ(canonical(name), "integer 23");
    for (const char* name : {"bigint", "int8"}) EXPECT_EQ(canonical(name), "bigint 20");
    for (const char* name : {"real", "float4"}) EXPECT_EQ(canonical(name), "real 700");
    for (const char* name : {"double precision", "float8", "float", " Double  Precision "}) {
        EXPECT_EQ(canonical(name), "double precision 701");
    }
    for (const char* name : {"boolean", "bool"}) EXPECT_EQ(canonical(name), "boolean 16");
    for (const char* name : {"timestamptz", "timestamp with time zone"}) {
        EXPECT_EQ(canonical(name), "timestamptz 1184");
    }
    for (const char* name : {"timestamp", "timestamp without time zone"}) {
        EXPECT_EQ(canonical(name), "timestamp 1114");
    }
    EXPECT_EQ(canonical("text"), "text 25");
    EXPECT_EQ(canonical("date"), "date 1082");
    EXPECT_EQ(canonical("time"), "time 1083");
    EXPECT_EQ(canonical("uuid"), "uuid 2950");
    EXPECT_EQ(canonical("json"), "json 114");
    EXPECT_EQ(canonical("jsonb"), "jsonb 3802");
    EXPECT_EQ(canonical("bytea"), "bytea 17");
}

TEST(ColumnType, KeepsPrecisionScaleAndLength) {
    EXPECT_EQ(canonical("numeric"), "numeric 1700");
    EXPECT_EQ(canonical("decimal(10, 2)"), "numeric(10,2) 1700");
    EXPECT_EQ(canonical("NUMERIC ( 5 )"), "numeric(5,0) 1700");
    EXPECT_EQ(canonical("varchar"), "varchar 1043");
    EXPECT_EQ(canonical("character varying(20)"), "varchar(20) 1043");
    EXPECT_EQ(canonical("char(3)"), "char(3) 1042");
    EXPECT_EQ(canonical("character"), "char(1) 1042");
    EXPECT_EQ(
        parse_column_type("numeric(2,1)").value(),
        (ColumnType{.base = BaseType::numeric, .precision = 2, .scale = 1})
    );
}

TEST(ColumnType, SuggestsTheNearestNameForAnUnknownOne) {
    EXPECT_EQ(canonical("integr"), "type 'integr' is not known / did you mean 'integer'?");
    EXPECT_TRUE(canonical("enum").starts_with(
        "type 'enum' is not known / known types: smallint, integer, bigint, numeric, "
    )) << canonical("enum");
    EXPECT_TRUE(canonical("").starts_with("type '' is not known / known types: "));
}

TEST(ColumnType, SaysWhatIsWrongInTheParentheses) {
    EXPECT_EQ(canonical("numeric(2"), "type 'numeric(2' has unbalanced parentheses / ");
    EXPECT_EQ(
        canonical("numeric(a)"), "type 'numeric(a)' needs whole numbers in its parentheses / "
    );
    EXPECT_EQ(canonical("numeric()"), "type 'numeric()' needs whole numbers in its parentheses / ");
    EXPECT_EQ(canonical("numeric(1,2,3)"), "type 'numeric(1,2,3)' takes precision and scale / ");
    EXPECT_EQ(canonical("numeric(1001)"), "type 'numeric(1001)' has a precision of 1 to 1000 / ");
    EXPECT_EQ(
        canonical("numeric(2,3)"), "type 'numeric(2,3)' has a scale of 0 to its precision / "
    );
    EXPECT_EQ(canonical("varchar(0)"), "type 'varchar(0)' has a length of 1 to 10485760 / ");
    EXPECT_EQ(canonical("varchar(1,2)"), "type 'varchar(1,2)' takes one length / ");
    EXPECT_EQ(canonical("integer(4)"), "type 'integer(4)' takes nothing in parentheses / ");
    EXPECT_EQ(
        canonical("timestamp(3) with time zone"),
        "type 'timestamp(3) with time zone' takes nothing in parentheses / "
    );
}

}  // namespace
}  // namespace reel::warehouse
