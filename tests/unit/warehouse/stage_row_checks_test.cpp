#include "warehouse/stage/row_checks.hpp"

#include <gmock/gmock.h>

#include "warehouse/args.hpp"
#include "warehouse/stage/table_checks.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Count = RowChecks::Count;

/// A table of three columns with checks, and rows of its texts; "-" is NULL.
class RowChecksTest : public testing::Test {
  protected:
    RowCheckPlan plan(const std::string& type, const std::string& checks) {
        table_.columns.clear();
        for (const auto& [name, of] : {std::pair{"a", type}, {"b", std::string("text")}}) {
            const auto parsed = parse_column_type(of).value();
            table_.columns.push_back(
                {.name = name, .from = {name}, .encoder = FieldEncoder::make(parsed).value()}
            );
        }
        Mistakes mistakes;
        checks_ = parse_check_list(Json::parse("[" + checks + "]"), "t", "r.t", {}, mistakes);
        EXPECT_TRUE(mistakes.empty());
        return plan_row_checks(table_, checks_);
    }
    using Rows = std::vector<std::pair<std::string, std::string>>;
    std::vector<Count> counts(const RowCheckPlan& plan, const Rows& rows) {
        RowChecks seen(plan);
        for (const auto& [a, b] : rows) seen.see(field(0, a) + field(1, b));
        return seen.counts();
    }
    std::string field(std::size_t column, const std::string& text) {
        std::string out;
        if (text == "-") {
            encode_null(out);
        } else {
            EXPECT_TRUE(table_.columns[column].encoder.encode(text, out)) << text;
        }
        return out;
    }
    /// Which of the values of column a break the check.
    std::string broken(
        const std::string& type, const std::string& check, const std::vector<std::string>& values
    ) {
        const auto made = plan(type, check);
        EXPECT_TRUE(made.counting[0].in_flight) << made.counting[0].reason;
        std::string found;
        for (const auto& value : values) {
            const auto count = counts(made, {{value, "x"}}).front();
            EXPECT_FALSE(count.is_unknown);
            if (count.broken == 1) found += (found.empty() ? "" : " ") + value;
        }
        return found;
    }
    std::string obstacle(const std::string& type, const std::string& check) {
        const auto made = plan(type, check);
        EXPECT_FALSE(made.counting[0].in_flight) << type << " " << check;
        return made.counting[0].reason;
    }

    StageTableSpec table_;
    std::vector<Check> checks_;
};

std::string range_of(const std::string& bounds) {
    return R"({"range": {"column": "a", )" + bounds + "}}";
}

std::string accepted(const std::string& values) {
    return R"({"accepted_values": {"column": "a", "values": [)" + values + "]}}";
}

TEST_F(RowChecksTest, CountARowOnceWhateverIsNullInIt) {
    const auto made = plan("integer", R"({"not_null": ["a", "b"]}, {"not_null": "b"})");
    EXPECT_THAT(
        counts(made, {{"-", "-"}, {"1", "-"}, {"1", "x"}, {"-", "x"}}),
        ElementsAre(Count{3, false}, Count{2, false})
    );
}

TEST_F(RowChecksTest, LetNullPassWhereAValueIsLookedAt) {
    EXPECT_EQ(broken("integer", range_of(R"("min": 1)"), {"-", "0", "1"}), "0");
    EXPECT_EQ(broken("integer", accepted("1, 2"), {"-", "1", "3"}), "3");
    EXPECT_EQ(broken("text", R"({"length": {"column": "a", "max": 1}})", {"-", "a", "ab"}), "ab");
    EXPECT_EQ(
        broken("text", R"({"regex": {"column": "a", "pattern": "^x"}})", {"-", "x", "a"}), "a"
    );
}

TEST_F(RowChecksTest, KnowTheOrderOfNumbers) {
    const std::string one_to_ten = range_of(R"("min": 1, "max": 10)");
    for (const std::string type : {"smallint", "integer", "bigint"}) {
        EXPECT_EQ(broken(type, one_to_ten, {"-5", "0", "1", "10", "11", "300"}), "-5 0 11 300");
    }
    for (const std::string type : {"real", "double precision", "numeric"}) {
        EXPECT_EQ(
            broken(type, one_to_ten, {"-0.5", "0.99", "1", "1.00", "10.0", "10.01", "NaN"}),
            "-0.5 0.99 10.01 NaN"
        ) << type;
    }
    EXPECT_EQ(
        broken("numeric", range_of(R"("min": "-10000.5")"), {"-10000.51", "-10000.4999"}),
        "-10000.51"
    );
    EXPECT_EQ(
        broken(
            "numeric",
            range_of(R"("max": "12345678.0001")"),
            {"12345678.0001", "12345678.00010001", "123456780"}
        ),
        "12345678.00010001 123456780"
    );
    EXPECT_EQ(broken("numeric(4,1)", range_of(R"("max": "0.25")"), {"0.2", "0.3"}), "0.3")
        << "the bound has no scale";
    EXPECT_EQ(broken("numeric", range_of(R"("min": 0)"), {"0", "0.000", "-0", "-0.1"}), "-0.1");
}

TEST_F(RowChecksTest, KnowTheOrderOfMoments) {
    EXPECT_EQ(
        broken(
            "date", range_of(R"("min": "2000-01-01")"), {"1999-12-31", "2000-01-01", "0001-01-01"}
        ),
        "1999-12-31 0001-01-01"
    );
    EXPECT_EQ(
        broken(
            "timestamp",
            range_of(R"("max": "2020-02-29 12:00:00")"),
            {"2020-02-29 12:00:00", "2020-02-29 12:00:01"}
        ),
        "2020-02-29 12:00:01"
    );
    EXPECT_EQ(
        broken(
            "timestamptz",
            range_of(R"("max": "2020-02-29T12:00:00Z")"),
            {"2020-02-29 12:00:00Z", "2020-02-29 11:00:01-01"}
        ),
        "2020-02-29 11:00:01-01"
    );
}

TEST_F(RowChecksTest, KnowWhatIsEqual) {
    EXPECT_EQ(broken("text", accepted(R"("a", "b ")"), {"a", "A", "b", "b ", ""}), "A b ");
    EXPECT_EQ(
        broken("numeric", accepted(R"("1.50", "2")"), {"1.5", "1.500", "2.0", "2.01"}), "2.01"
    );
    EXPECT_EQ(broken("real", accepted("0, 0.1"), {"-0", "0.1", "0.2"}), "0.2");
    EXPECT_EQ(broken("boolean", accepted("true"), {"true", "false"}), "false");
    EXPECT_EQ(broken("varchar(2)", accepted(R"("abc", "a")"), {"a", "ab"}), "ab");
    EXPECT_EQ(
        broken("date", accepted(R"("2000-01-01")"), {"2000-01-01", "2000-01-02"}), "2000-01-02"
    );
}

TEST_F(RowChecksTest, CountCharactersAndNotBytes) {
    EXPECT_EQ(
        broken(
            "text",
            R"({"length": {"column": "a", "min": 2, "max": 3}})",
            {"é", "éé", "値値値", "abcd"}
        ),
        "é abcd"
    );
}

TEST_F(RowChecksTest, LeaveToTheServerWhatOnlyItKnows) {
    EXPECT_EQ(
        obstacle("text", range_of(R"("min": "a")")), "how text is ordered is the server's to say"
    );
    EXPECT_EQ(
        obstacle("char(3)", accepted(R"("a")")),
        "which values of char(3) are equal is the server's to say"
    );
    EXPECT_THAT(obstacle("jsonb", accepted(R"("a")")), HasSubstr("jsonb"));
    EXPECT_THAT(obstacle("integer", range_of(R"("min": "1.5")")), HasSubstr("'1.5'"));
    EXPECT_THAT(obstacle("smallint", range_of(R"("max": 70000)")), HasSubstr("'70000'"));
    EXPECT_THAT(obstacle("date", range_of(R"("max": "today")")), HasSubstr("'today'"));
    EXPECT_THAT(
        obstacle("timestamp", range_of(R"("max": "2020-01-01 00:00:00+02")")), HasSubstr("+02")
    );
    EXPECT_THAT(obstacle("timestamptz", range_of(R"("max": "2020-01-01")")), HasSubstr("2020"));
    EXPECT_THAT(obstacle("boolean", accepted(R"("on")")), HasSubstr("'on'"));
    EXPECT_THAT(
        obstacle("integer", R"({"length": {"column": "a", "max": 3}})"), HasSubstr("integer")
    );
    EXPECT_THAT(
        obstacle("text", R"({"regex": {"column": "a", "pattern": "(?i)x"}})"), HasSubstr("(?")
    );
    EXPECT_EQ(obstacle("text", R"({"not_null": "a", "where": "b > 'c'"})"), "its where is SQL");
    EXPECT_EQ(obstacle("text", R"({"expression": "a <> b"})"), "its expression is SQL");
    EXPECT_EQ(obstacle("text", R"({"sql": "select 1"})"), "it is SQL");
    EXPECT_EQ(
        obstacle("text", R"({"relationships": {"column": "a", "to": "m.t.id"}})"),
        "it looks into another table"
    );
    EXPECT_EQ(
        obstacle("text", R"({"row_count": {"min": 1}})"), "needs more than one row at a time"
    );
    EXPECT_EQ(obstacle("text", R"({"not_null": "c"})"), "there is no column 'c'");
    EXPECT_EQ(obstacle("text", R"({"unique": "a"})"), "needs all rows at once");
}

TEST_F(RowChecksTest, KnowThatTheStagedKeyRepeatsNowhere) {
    table_.key = {"a"};
    EXPECT_EQ(plan("integer", R"({"unique": "a"})").counting[0].reason, "the staged key keeps it");
    EXPECT_TRUE(plan("integer", R"({"unique": ["b", "a"]})").counting[0].in_flight);
    table_.key = {"a", "b"};
    EXPECT_EQ(obstacle("integer", R"({"unique": "a"})"), "needs all rows at once");
}

TEST_F(RowChecksTest, AddUpOverLanes) {
    const auto made = plan("integer", R"({"not_null": "a"}, {"not_null": "b"})");
    RowChecks one(made);
    RowChecks two(made);
    one.see(field(0, "-") + field(1, "x"));
    two.see(field(0, "-") + field(1, "-"));
    one.add(two);
    EXPECT_THAT(one.counts(), ElementsAre(Count{2, false}, Count{1, false}));
}

TEST_F(RowChecksTest, TellANumberWhereNoneOfTheRowsThatWereSeenIsGone) {
    const auto made = plan("integer", R"({"not_null": "a"}, {"not_null": "b"}, {"row_count": 1})");
    RowChecks seen(made);
    seen.see(field(0, "-") + field(1, "x"));
    const auto all = known_numbers(made, seen, {.staged = 7});
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all.at(0).number, 1);
    EXPECT_EQ(all.at(0).total, 7);
    EXPECT_EQ(all.at(1).number, 0);
    const auto fewer = known_numbers(made, seen, {.staged = 6, .duplicates = 1});
    EXPECT_FALSE(fewer.contains(0)) << "the row may be the one that was dropped";
    EXPECT_EQ(fewer.at(1).number, 0) << "none is none";
}

TEST_F(RowChecksTest, TellNoNumberWhereSomeValueIsTheServersToJudge) {
    const auto made = plan("text", R"({"regex": {"column": "a", "pattern": "^\\w+$"}})");
    EXPECT_THAT(counts(made, {{"ab", "-"}, {"é", "-"}, {"!", "-"}}), ElementsAre(Count{1, true}));
    RowChecks seen(made);
    seen.see(field(0, "é") + field(1, "-"));
    EXPECT_TRUE(known_numbers(made, seen, {.staged = 1}).empty());
}

}  // namespace

}  // namespace reel::warehouse
