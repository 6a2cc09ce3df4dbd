#include <gtest/gtest.h>

#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "reel/postgres/error.hpp"
#include "reel/postgres/link.hpp"
#include "support/test_cluster.hpp"
#include "warehouse/types/binary_copy.hpp"
#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {
namespace {

/// Postgres is the judge: what our encoder writes must be what its own parser makes of the text.
class TypesOnServer : public testing::Test {
  protected:
    TypesOnServer() : link_(support::test_database()) {
        link_.exec("set timezone = 'UTC'");
        link_.exec("set bytea_output = 'hex'");
    }

    /// What the server's own parser makes of the text, or nothing when it refuses it.
    std::optional<std::string> parse_there(const std::string& type, const std::string& text) {
        try {
            return link_.exec("select cast($1::text as " + type + ")::text", {text}).at(0, 0);
        } catch (const postgres::DatabaseError&) {
            return std::nullopt;
        }
    }

    /// What the server shows of each text that our encoder took.
    std::map<std::string, std::string> load(
        const std::string& type, const std::vector<std::string>& texts
    ) {
        const auto encoder = FieldEncoder::make(parse_column_type(type).value()).value();
        const auto key = FieldEncoder::make(parse_column_type("text").value()).value();
        BinaryCopy copy;
        for (const std::string& text : texts) {
            copy.begin_tuple(2);
            EXPECT_TRUE(key.encode(text, copy.buffer()));
            if (encoder.encode(text, copy.buffer())) {
                copy.commit_tuple();
            } else {
                copy.drop_tuple();
            }
        }
        copy.finish();
        const std::string stream = copy.take();
        link_.exec_script("drop table if exists t; create table t (source text, v " + type + ")");
        link_.copy_begin("copy t from stdin (format binary)");
        link_.copy_data(std::as_bytes(std::span(stream)));
        EXPECT_EQ(link_.copy_end(), copy.tuples());
        std::map<std::string, std::string> shown;
        const auto rows = link_.exec("select source, v::text from t");
        for (std::size_t i = 0; i < rows.size(); ++i) {
            shown[rows.at(i, 0).value()] = rows.at(i, 1).value_or("NULL");
        }
        return shown;
    }

    /// Both take the same texts and mean the same by them.
    void expect_same(const std::string& type, const std::vector<std::string>& texts) {
        const auto ours = load(type, texts);
        for (const std::string& text : texts) {
            const auto theirs = parse_there(type, text);
            const auto found = ours.find(text);
            EXPECT_EQ(found != ours.end(), theirs.has_value()) << type << " '" << text << "'";
            if (found == ours.end() || !theirs) continue;
            EXPECT_EQ(found->second, *theirs) << type << " '" << text << "'";
        }
    }

    postgres::Link link_;
};

TEST_F(TypesOnServer, IntegersAreWhatPostgresReads) {
    for (const std::string type : {"smallint", "integer", "bigint"}) {
        expect_same(
            type,
            {"0",
             "-1",
             "+7",
             " 42 ",
             "32767",
             "-32768",
             "32768",
             "2147483647",
             "2147483648",
             "-2147483648",
             "9223372036854775807",
             "-9223372036854775808",
             "9223372036854775808",
             "99999999999",
             "",
             "1.0",
             "abc",
             "1e3",
             "1997-08-20"}
        );
    }
}

TEST_F(TypesOnServer, NumericsAreWhatPostgresReads) {
    std::vector<std::string> texts = {
        "0",          "-0.00", "3.5",  "3.45",    "-2.5",   "2.5",   "9.95",
        "9.949",      "99.95", "100",  "8.2e-05", "1e5",    "1.5E3", "NaN",
        ".5",         "5.",    "0.05", "0.049",   "1e-400", "-1e-3", "12345678.00001",
        "0.00010000", "",      "x",    "1,5",     "1e",     "--1"
    };
    std::mt19937 random(5);
    for (int i = 0; i < 300; ++i) {
        std::string text = random() % 2 == 0 ? "-" : "";
        for (auto size = 1 + random() % 12; size > 0; --size) text += std::to_string(random() % 10);
        text += '.';
        for (auto size = random() % 12; size > 0; --size) text += random() % 3 == 0 ? '9' : '0';
        if (random() % 3 == 0) text += 'e' + std::to_string(static_cast<int>(random() % 40) - 20);
        texts.push_back(text);
    }
    for (const std::string type :
         {"numeric", "numeric(2,1)", "numeric(10,3)", "numeric(6)", "numeric(20,20)"}) {
        expect_same(type, texts);
    }
}

TEST_F(TypesOnServer, FloatsAreWhatPostgresReads) {
    for (const std::string type : {"real", "double precision"}) {
        expect_same(
            type,
            {"0",
             "-0",
             "1.5",
             "8.2e-05",
             "3.4e38",
             "1e39",
             "1e308",
             "1e309",
             "1e-400",
             "0.1",
             "NaN",
             "Infinity",
             "-inf",
             " 7 ",
             "+1",
             "",
             "x",
             "1.5x"}
        );
    }
}

TEST_F(TypesOnServer, TextsAreWhatPostgresReads) {
    expect_same("text", {"", " a ", "Amélie\n\"x\"", "\xF0\x9F\x8E\xAC"});
    expect_same("char(3)", {"a", "abc", "abc  ", "éàü"});
    expect_same("boolean", {"t", "TRUE", "f", "no", "on", "0", " yes ", "2", "", "maybe"});
    expect_same("bytea", {"\\x", "\\x00ff41", "\\xAbCd"});
    expect_same(
        "uuid",
        {"123e4567-e89b-12d3-a456-426614174000",
         "{123E4567-E89B-12D3-A456-426614174000}",
         "123e4567e89b12d3a456426614174000",
         "123e4567",
         ""}
    );
}

TEST_F(TypesOnServer, LongTextsAreRefusedBeforeTheServerDoes) {
    EXPECT_TRUE(load("varchar(3)", {"abcd", "abc "}).empty());
    EXPECT_EQ(load("varchar(3)", {"éàü"}).size(), 1U);
    EXPECT_TRUE(load("char(3)", {"abcd"}).empty());
}

TEST_F(TypesOnServer, DatesAndTimesAreWhatPostgresReads) {
    expect_same(
        "date",
        {"2000-01-01",
         "1874-12-09",
         "0001-01-01",
         "9999-12-31",
         "2024-02-29",
         "2023-02-29",
         "1900-02-29",
         "1995-10-30 00:00:00",
         "",
         "x"}
    );
    expect_same(
        "time", {"00:00", "23:59:59.999999", "24:00:00", "10:20:30.25", "24:00:01", "10:60:00", ""}
    );
    expect_same(
        "timestamp",
        {"2000-01-01",
         "1969-12-31 23:59:59.5",
         "2024-02-29T12:00:00",
         "1999-12-31 23:59:60",
         "0001-01-01 00:00:00",
         "9999-12-31 23:59:59.999999",
         "2023-02-29 00:00:00",
         ""}
    );
    expect_same(
        "timestamptz",
        {"2000-01-01 00:00:00+02",
         "2000-01-01T00:00:00Z",
         "2000-01-01 00:00:00-05:30",
         "2000-01-01 12:00:00",
         "2000-01-01 00:00:00 UTC",
         "2000-01-01 00:00:00.123456+0100"}
    );
}

TEST_F(TypesOnServer, JsonIsWhatPostgresReads) {
    expect_same(
        "json", {"{\"a\": [1, null, \"\\u00e9\"]}", " 1 ", "", "{'a': 1}", "[1,]", "[\"\\u0000\"]"}
    );
    expect_same(
        "jsonb",
        {"{\"b\": 1, \"a\": [1.50, 8.2e-05], \"b\": 2}",
         "[\"\\u0000\"]",
         "{\"\\u0000\": 1}",
         "[1e400000]",
         "[1e1000]",
         "\"\\ud83d\\ude00\"",
         "\"\\ud83d\"",
         "nul"}
    );
}

TEST_F(TypesOnServer, EveryOidIsTheServersOwn) {
    for (const std::string type :
         {"smallint",
          "integer",
          "bigint",
          "numeric",
          "real",
          "double precision",
          "text",
          "varchar",
          "char",
          "boolean",
          "date",
          "time",
          "timestamp",
          "timestamptz",
          "uuid",
          "json",
          "jsonb",
          "bytea"}) {
        const auto rows = link_.exec("select $1::regtype::oid::text", {type});
        EXPECT_EQ(std::to_string(parse_column_type(type)->oid()), rows.at(0, 0)) << type;
    }
}

}  // namespace
}  // namespace reel::warehouse
