#include <gmock/gmock.h>

#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

/// What a cell becomes through binary COPY must be what the server's own cast makes of it.
class TypesTest : public WarehouseTest {
  protected:
    static std::string quoted(const std::string& cell) {
        std::string out = "\"";
        for (const char c : cell) {
            out += c == '"' ? "\"\"" : std::string(1, c);
        }
        return out + "\"";
    }

    void stage_column(const std::string& type, const std::vector<std::string>& cells) {
        std::string content = "n,v\n";
        for (std::size_t i = 0; i < cells.size(); ++i) {
            content += std::to_string(i) + "," + quoted(cells[i]) + "\n";
        }
        put("t.csv", content);
        const Json columns{{"n", "integer"}, {"v", {{"type", type}, {"empty_as_null", false}}}};
        const Json args{
            {"source", "t.csv"}, {"rejects", "100%"}, {"tables", {{"t", {{"columns", columns}}}}}
        };
        stage_ok(args.dump());
        ++attempt;
    }

    void expect_as_cast(const std::string& type, const std::vector<std::string>& cells) {
        stage_column(type, cells);
        postgres::Link link(uri);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto rows = link.exec(
                "SELECT v::text, ($1::text::" + type + ")::text FROM " +
                    staged["stage.t"].physical + " WHERE n = $2::integer",
                {cells[i], std::to_string(i)}
            );
            ASSERT_EQ(rows.size(), 1U) << type << " did not take " << cells[i];
            EXPECT_EQ(rows.at(0, std::size_t{0}), rows.at(0, std::size_t{1}))
                << type << " of " << cells[i];
        }
    }

    void expect_rejected(const std::string& type, const std::vector<std::string>& cells) {
        stage_column(type, cells);
        EXPECT_EQ(scalar("SELECT count(*) FROM " + staged["stage.t"].physical), "0") << type;
        EXPECT_EQ(
            scalar("SELECT count(*) FROM reel.quarantine WHERE rule = 'type'"),
            std::to_string(cells.size())
        ) << type;
        exec("DELETE FROM reel.quarantine");
    }
};

TEST_F(TypesTest, Integers) {
    expect_as_cast("smallint", {"0", "-32768", "32767", " 5 ", "+7", "007"});
    expect_as_cast("integer", {"0", "-2147483648", "2147483647"});
    expect_as_cast("bigint", {"9223372036854775807", "-9223372036854775808", "2787965087"});
}

TEST_F(TypesTest, IntegersThatAreNone) {
    expect_rejected("smallint", {"32768", "-32769", "x", "", "1.5", "1e3"});
    expect_rejected("integer", {"99999999999", "2147483648", "1997-08-20", "--1", "1 2"});
    expect_rejected("bigint", {"9223372036854775808", "0x10"});
}

TEST_F(TypesTest, Numerics) {
    expect_as_cast(
        "numeric", {"0", "-0.5", "123456789012345678901234567890.123456789", "1e10", "8.2e-05"}
    );
    expect_as_cast("numeric(2,1)", {"0.5", "5", "3.0", "9.9", "-9.9"});
    expect_as_cast("numeric(8,3)", {"102.700", "99999.999"});
    expect_as_cast("numeric(12,0)", {"0", "10000", "99990000", "100000000000"});
}

TEST_F(TypesTest, NumericsThatDoNotFit) {
    expect_rejected("numeric(2,1)", {"10", "99.9", "abc", ""});
    expect_rejected("numeric", {"1.2.3", "1,5", "--5"});
}

TEST_F(TypesTest, FloatingPoint) {
    expect_as_cast(
        "double precision", {"0", "-1.5", "8.2e-05", "1e308", "21.946943", "NaN", "Infinity"}
    );
    expect_as_cast("real", {"0", "0.1", "-3.4e38", "1e-30"});
    expect_rejected("real", {"1e39", "x", ""});
    expect_rejected("double precision", {"1e999", "0x", "1.5.5"});
}

TEST_F(TypesTest, Booleans) {
    expect_as_cast("boolean", {"True", "False", "true", "f", "yes", "no", "1", "0", "on", "off"});
    expect_rejected("boolean", {" - Written by Ørnås", "2", ""});
}

TEST_F(TypesTest, Texts) {
    expect_as_cast("text", {"", " ", "Ørnås \"the\" film\nof 1995\t", "映画 🎬", "\\N", "it's"});
    expect_as_cast("varchar(5)", {"", "abcde", "øøøøø"});
    expect_as_cast("char(3)", {"a", "abc"});
    expect_rejected("varchar(5)", {"abcdef", "øøøøøø"});
}

TEST_F(TypesTest, Dates) {
    expect_as_cast("date", {"1995-10-30", "1874-12-09", "2000-02-29", "0001-01-01", "9999-12-31"});
    expect_rejected("date", {"2001-02-29", "1995-13-01", "30.10.1995", "yesterday", "", "1995"});
}

TEST_F(TypesTest, TimesOfDay) {
    expect_as_cast("time", {"00:00:00", "23:59:59.999999", "07:05"});
    expect_rejected("time", {"25:00:00", "noon", ""});
}

TEST_F(TypesTest, Timestamps) {
    expect_as_cast(
        "timestamp", {"1995-10-30 07:05:01", "1995-10-30T07:05:01.5", "1970-01-01 00:00:00"}
    );
    expect_as_cast(
        "timestamptz",
        {"1995-10-30 07:05:01+02", "1995-10-30T07:05:01Z", "1969-12-31 23:59:59-05:30"}
    );
    expect_rejected("timestamp", {"1995-10-30 25:00:00", "x", ""});
}

TEST_F(TypesTest, Uuids) {
    expect_as_cast(
        "uuid", {"7d444840-9dc0-11d1-b245-5ffdce74fad2", "7D4448409DC011D1B2455FFDCE74FAD2"}
    );
    expect_rejected("uuid", {"7d444840", "", "7d444840-9dc0-11d1-b245-5ffdce74fadg"});
}

TEST_F(TypesTest, JsonDocuments) {
    expect_as_cast("jsonb", {R"({"a": [1, 2.50, null, "ø"]})", "5", "\"x\"", "[]"});
    expect_as_cast("json", {R"({"b":1,  "a":2})", "true"});
    expect_rejected("jsonb", {"{'a': 1}", "", "[1,]"});
}

TEST_F(TypesTest, ByteStrings) {
    expect_as_cast("bytea", {"\\xdeadbeef", "\\x"});
}

TEST_F(TypesTest, FormatsReadWhatIsNoIso) {
    put("t.csv", "d,s,ms\n30/10/1995,1260759144,1260759144500\n");
    stage_ok(R"({"source": "t.csv", "tables": {"t": {"columns": {
        "d": {"type": "date", "format": "%d/%m/%Y"},
        "s": {"type": "timestamptz", "format": "epoch"},
        "ms": {"type": "timestamp", "format": "epoch_ms"}}}}})");
    const auto physical = staged["stage.t"].physical;
    EXPECT_EQ(scalar("SELECT d FROM " + physical), "1995-10-30");
    EXPECT_EQ(scalar("SELECT s AT TIME ZONE 'UTC' FROM " + physical), "2009-12-14 02:52:24");
    EXPECT_EQ(scalar("SELECT ms FROM " + physical), "2009-12-14 02:52:24.5");
}

TEST_F(TypesTest, LiteralsOfListElements) {
    put("t.csv",
        "l\n\"[{'i': 5, 'f': 8.2e-05, 'b': True, 's': \"\"it's\"\", 'n': None, "
        "'l': [1, {'x': 'y'}], 'u': '\\xe9\\u200b', 'big': 12345678901234567890}]\"\n");
    stage_ok(R"({"source": "t.csv", "tables": {"t": {"each": "l", "columns": {
        "i": "integer", "f": "double precision", "b": "boolean", "s": "text", "n": "integer",
        "l": "jsonb", "u": "text", "big": "numeric", "missing": "text"}}}})");
    EXPECT_EQ(
        scalar("SELECT to_jsonb(t)::text FROM " + staged["stage.t"].physical + " AS t"),
        "{\"b\": true, \"f\": 0.000082, \"i\": 5, \"l\": [1, {\"x\": \"y\"}], \"n\": null, "
        "\"s\": \"it's\", \"u\": \"\u00e9\u200b\", \"big\": 12345678901234567890, "
        "\"missing\": null}"
    );
}

}  // namespace

}  // namespace reel::warehouse
