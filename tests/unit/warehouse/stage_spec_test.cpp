#include "warehouse/stage/spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto movies = R"({
  "source": {"path": "movies_metadata.csv", "format": "csv"},
  "rejects": {"max": "1%"},
  "tables": {
    "movies": {
      "key": ["movie_id"],
      "columns": {
        "movie_id": {"from": "id", "type": "integer", "not_null": true},
        "title": {"type": "text", "empty_as_null": false},
        "budget": "bigint",
        "released": {"from": ["release_date", "date"], "type": "date", "null_values": [".", "NA"]}
      }
    },
    "movie_genres": {
      "each": "genres",
      "key": ["movie_id", "genre_id"],
      "columns": {
        "movie_id": {"from": "/id", "type": "integer"},
        "genre_id": {"from": "id", "type": "integer"}
      }
    }
  }
})";

StageSpec parsed(const std::string& text) {
    auto spec = parse_stage_spec({text});
    EXPECT_TRUE(spec.has_value()) << spec.error().describe();
    return spec.value();
}

std::string mistakes_of(const std::string& text) {
    const auto spec = parse_stage_spec({text});
    EXPECT_FALSE(spec.has_value());
    if (spec) {
        return {};
    }
    EXPECT_EQ(spec.error().code, core::Errc::invalid_argument);
    return spec.error().message;
}

std::string with_tables(const std::string& tables) {
    return R"({"source": {"path": "a.csv"}, "tables": )" + tables + "}";
}

std::string with_column(const std::string& column) {
    return with_tables(R"({"t": {"columns": {"c": )" + column + "}}}");
}

TEST(StageSpec, ReadsTheDocumentedShape) {
    const auto spec = parsed(movies);
    EXPECT_EQ(spec.path, "movies_metadata.csv");
    EXPECT_EQ(spec.rejects.share, 0.01);
    ASSERT_EQ(spec.tables.size(), 2U);
    const auto& table = spec.tables[0];
    EXPECT_EQ(table.name, "movies");
    EXPECT_THAT(table.each, IsEmpty());
    EXPECT_THAT(table.key, ElementsAre("movie_id"));
    ASSERT_EQ(table.columns.size(), 4U);
    EXPECT_EQ(table.columns[0].name, "movie_id");
    EXPECT_THAT(table.columns[0].from, ElementsAre("id"));
    EXPECT_TRUE(table.columns[0].not_null);
    EXPECT_EQ(table.columns[0].encoder.type().base, BaseType::integer);
    EXPECT_EQ(spec.tables[1].each, std::vector<std::string>{"genres"});
}

TEST(StageSpec, KeepsTheOrderOfColumnsAsWritten) {
    const auto spec = parsed(movies);
    std::vector<std::string> names;
    for (const auto& column : spec.tables[0].columns) {
        names.push_back(column.name);
    }
    EXPECT_THAT(names, ElementsAre("movie_id", "title", "budget", "released"));
}

TEST(StageSpec, FillsInDefaults) {
    const auto spec = parsed(R"({"source": "a.csv", "tables": {"t": {"columns": {"c": {}}}}})");
    EXPECT_EQ(spec.path, "a.csv");
    EXPECT_EQ(spec.csv.delimiter, ',');
    EXPECT_TRUE(spec.csv.header);
    EXPECT_EQ(spec.rejects.count, 0U);
    EXPECT_FALSE(spec.rejects.share.has_value());
    const auto& column = spec.tables[0].columns[0];
    EXPECT_THAT(column.from, ElementsAre("c"));
    EXPECT_EQ(column.encoder.type().base, BaseType::text);
    EXPECT_FALSE(column.not_null);
    EXPECT_FALSE(column.empty_as_null.has_value());
}

TEST(StageSpec, ReadsColumnOptions) {
    const auto spec = parsed(movies);
    const auto& columns = spec.tables[0].columns;
    EXPECT_EQ(columns[1].empty_as_null, false);
    EXPECT_EQ(columns[2].encoder.type().base, BaseType::bigint);
    EXPECT_THAT(columns[3].from, ElementsAre("release_date", "date"));
    EXPECT_THAT(columns[3].null_values, ElementsAre(".", "NA"));
}

TEST(StageSpec, ReadsSourceOptions) {
    const auto spec = parsed(
        R"({"source": {"path": "a", "format": "tsv", "quote": "none", "header": false,
            "columns": ["x", "y"]}, "rejects": 3, "tables": {"t": {"columns": {"x": "text"}}}})"
    );
    EXPECT_EQ(spec.csv.delimiter, '\t');
    EXPECT_EQ(spec.csv.quote, '\0');
    EXPECT_FALSE(spec.csv.header);
    EXPECT_THAT(spec.csv.columns, ElementsAre("x", "y"));
    EXPECT_EQ(spec.rejects.count, 3U);
}

TEST(StageSpec, ReadsADelimiter) {
    const auto spec = parsed(
        R"({"source": {"path": "a", "delimiter": ";"}, "tables": {"t": {"columns": {"x": "text"}}}})"
    );
    EXPECT_EQ(spec.csv.delimiter, ';');
}

/// A source with further keys and one table with the column x.
std::string with_source(const std::string& more, const std::string& column = R"("text")") {
    return R"({"source": {"path": "a", )" + more + R"(}, "tables": {"t": {"columns": {"x": )" +
           column + "}}}}";
}

TEST(StageSpec, ReadsTheDialect) {
    const auto spec = parsed(with_source(
        R"("delimiter": "\\t", "quote": "'", "escape": "\\", "comment": "#", "skip": 3,
           "encoding": "CP1252")"
    ));
    EXPECT_EQ(spec.csv.delimiter, '\t');
    EXPECT_EQ(spec.csv.quote, '\'');
    EXPECT_EQ(spec.csv.escape, '\\');
    EXPECT_EQ(spec.csv.comment, '#');
    EXPECT_EQ(spec.csv.skip, 3U);
    EXPECT_EQ(spec.encoding, Encoding::windows1252);
}

TEST(StageSpec, HasAPlainDialectByDefault) {
    const auto spec = parsed(with_source(R"("comment": "none")"));
    EXPECT_EQ(spec.csv.escape, '\0');
    EXPECT_EQ(spec.csv.comment, '\0');
    EXPECT_EQ(spec.csv.skip, 0U);
    EXPECT_FALSE(spec.encoding.has_value());
}

TEST(StageSpec, TakesAnEscapeThatIsTheQuoteForDoubling) {
    EXPECT_EQ(parsed(with_source(R"("escape": "\"")")).csv.escape, '\0');
}

TEST(StageSpec, ChecksTheDialect) {
    EXPECT_THAT(
        mistakes_of(with_source(R"("delimiter": "\"")")),
        HasSubstr("source: CSV delimiter and quote are the same character")
    );
    EXPECT_THAT(
        mistakes_of(with_source(R"("skip": -1)")), HasSubstr("source.skip: a whole number")
    );
    EXPECT_THAT(
        mistakes_of(with_source(R"("encoding": "utf-61")")),
        HasSubstr("source.encoding: 'utf-61' is not known (did you mean 'utf-16'?); utf-8, utf-16, "
                  "utf-16le, utf-16be, latin-1, windows-1252 are")
    );
}

TEST(StageSpec, SpreadsNullValuesOverTheColumnsOfTheFile) {
    const auto spec = parsed(R"({"source": {"path": "a", "null_values": ["NA", "."]}, "tables": {
        "t": {"columns": {"x": {"null_values": ["-", "."]}}},
        "u": {"each": "list", "columns": {"x": {"from": "/x"}, "y": "text"}}}})");
    EXPECT_THAT(spec.tables[0].columns[0].null_values, ElementsAre("-", ".", "NA"));
    EXPECT_THAT(spec.tables[1].columns[0].null_values, ElementsAre("NA", "."));
    EXPECT_THAT(spec.tables[1].columns[1].null_values, IsEmpty());
}

TEST(StageSpec, NamesTheColumnsOfAFileWithoutHeaderByTheTable) {
    const auto names = [](const std::string& source, const std::string& tables) {
        return parsed(
                   R"({"source": {"path": "a", "header": false)" + source + R"(}, "tables": )" +
                   tables + "}"
        )
            .csv.columns;
    };
    const std::string two = R"({"columns": {"x": "text", "y": "text"}})";
    EXPECT_THAT(names("", R"({"t": )" + two + "}"), ElementsAre("x", "y"));
    EXPECT_THAT(
        names(R"(, "columns": ["p", "x", "y"])", R"({"t": )" + two + "}"),
        ElementsAre("p", "x", "y")
    );
    EXPECT_THAT(names("", R"({"t": )" + two + R"(, "u": )" + two + "}"), IsEmpty());
    EXPECT_THAT(names("", R"({"t": {"columns": {"column_2": "text"}}})"), IsEmpty());
    EXPECT_THAT(names("", R"({"t": {"columns": {"x": {"from": "column_2"}}}})"), IsEmpty());
    EXPECT_THAT(parsed(with_source(R"("header": true)")).csv.columns, IsEmpty());
}

TEST(StageSpec, ReadsColumnsOfFixedWidth) {
    const auto spec = parsed(with_source(R"("format": "fixed", "widths": [5], "skip": 1)"));
    EXPECT_EQ(spec.format, Format::csv);
    EXPECT_THAT(spec.csv.widths, ElementsAre(5U));
    EXPECT_THAT(spec.csv.columns, ElementsAre("x"));
    EXPECT_FALSE(spec.csv.header);
    EXPECT_EQ(spec.csv.skip, 1U);
    EXPECT_THAT(
        parsed(with_source(R"("format": "fixed", "widths": [5, 2], "columns": ["y", "x"])"))
            .csv.columns,
        ElementsAre("y", "x")
    );
}

TEST(StageSpec, ChecksWidths) {
    const char* const expected = "source.widths: a list of how many characters";
    EXPECT_THAT(mistakes_of(with_source(R"("format": "fixed")")), HasSubstr(expected));
    EXPECT_THAT(mistakes_of(with_source(R"("format": "fixed", "widths": 5)")), HasSubstr(expected));
    EXPECT_THAT(
        mistakes_of(with_source(R"("format": "fixed", "widths": [5, 0])")), HasSubstr(expected)
    );
    EXPECT_THAT(
        mistakes_of(with_source(R"("format": "fixed", "widths": [5, 2])")),
        HasSubstr("source.widths: 2 widths for 1 columns")
    );
    EXPECT_THAT(
        mistakes_of(with_source(R"("format": "fixed", "widths": [5], "delimiter": ";")")),
        HasSubstr("source.delimiter: goes with csv and tsv, not with fixed")
    );
    EXPECT_THAT(
        mistakes_of(with_source(R"("widths": [5])")),
        HasSubstr("source.widths: goes with fixed, not with csv")
    );
}

TEST(StageSpec, ReadsJson) {
    EXPECT_EQ(parsed(with_source(R"("format": "csv")")).format, Format::csv);
    EXPECT_EQ(parsed(with_source(R"("format": "jsonl")")).format, Format::jsonl);
    EXPECT_EQ(
        parsed(with_source(R"("format": "json", "null_values": ["-"])")).format, Format::json
    );
    EXPECT_THAT(
        mistakes_of(with_source(R"("format": "josnl")")),
        HasSubstr("source.format: 'josnl' is not known (did you mean 'jsonl'?); csv, tsv, fixed, "
                  "jsonl and "
                  "json are")
    );
    const auto message =
        mistakes_of(with_source(R"("format": "jsonl", "delimiter": ";", "skip": 1)"));
    EXPECT_THAT(message, HasSubstr("source.delimiter: goes with csv and tsv, not with jsonl"));
    EXPECT_THAT(message, HasSubstr("source.skip: goes with csv, tsv and fixed, not with jsonl"));
}

TEST(StageSpec, ReadsHowTheFileIsPacked) {
    const auto source = [](const std::string& more) {
        return R"({"source": {"path": "a")" + more +
               R"(}, "tables": {"t": {"columns": {"x": "text"}}}})";
    };
    EXPECT_FALSE(parsed(source("")).unpack.packing.has_value());
    EXPECT_FALSE(parsed(source(R"(, "compression": "auto")")).unpack.packing.has_value());
    EXPECT_EQ(parsed(source(R"(, "compression": "none")")).unpack.packing, fetch::Packing::none);
    EXPECT_EQ(parsed(source(R"(, "compression": "zstd")")).unpack.packing, fetch::Packing::zstd);
    EXPECT_EQ(parsed(source(R"(, "member": "*.csv")")).unpack.member, "*.csv");
    EXPECT_THAT(
        mistakes_of(source(R"(, "compression": "gzp")")),
        HasSubstr(
            "source.compression: 'gzp' is not known (did you mean 'gzip'?); auto, none, gzip, "
            "bzip2, xz, zstd are"
        )
    );
}

TEST(StageSpec, ToleratesTheConnection) {
    const auto spec =
        parsed(R"({"conn_id": "w", "source": "a", "tables": {"t": {"columns": {"x": "text"}}}})");
    EXPECT_EQ(spec.path, "a");
}

TEST(StageSpec, ReportsAllMistakesAtOnce) {
    const auto message = mistakes_of(R"({
      "source": {"format": "xml", "delimeter": ";"},
      "rejects": {"max": "many"},
      "tables": {
        "movies": {
          "keys": ["movie_id"],
          "columns": {"movie_id": {"type": "intger"}, "title": {"not_null": "yes"}}
        },
        "genres": {"key": ["genre"], "columns": {"genre_id": "integer"}}
      },
      "sourc": 1
    })");
    EXPECT_THAT(message, HasSubstr("9 mistakes"));
    EXPECT_THAT(message, HasSubstr("source.path: is required"));
    EXPECT_THAT(
        message, HasSubstr("source.format: 'xml' is not known; csv, tsv, fixed, jsonl and json are")
    );
    EXPECT_THAT(message, HasSubstr("source.delimeter: unknown key (did you mean 'delimiter'?)"));
    EXPECT_THAT(message, HasSubstr("rejects.max: 'many' is neither a count"));
    EXPECT_THAT(message, HasSubstr("tables.movies.keys: unknown key (did you mean 'key'?)"));
    EXPECT_THAT(
        message, HasSubstr("movie_id.type: type 'intger' is not known (did you mean 'integer'?)")
    );
    EXPECT_THAT(message, HasSubstr("tables.movies.columns.title.not_null: true or false"));
    EXPECT_THAT(message, HasSubstr("tables.genres.key: no column 'genre'"));
    EXPECT_THAT(message, HasSubstr("sourc: unknown key (did you mean 'source'?)"));
}

TEST(StageSpec, NeedsASourceAndTables) {
    const auto message = mistakes_of("{}");
    EXPECT_THAT(message, HasSubstr("source: is required"));
    EXPECT_THAT(message, HasSubstr("tables: is required"));
    EXPECT_THAT(mistakes_of(with_tables("{}")), HasSubstr("tables: a map with at least one entry"));
    EXPECT_THAT(
        mistakes_of(with_tables(R"({"t": {"columns": {}}})")), HasSubstr("tables.t.columns")
    );
    EXPECT_THAT(mistakes_of(with_tables(R"({"t": 5})")), HasSubstr("tables.t: a map was expected"));
}

TEST(StageSpec, RefusesArgumentsThatAreNoMap) {
    EXPECT_THAT(mistakes_of("[1]"), HasSubstr("no map"));
    EXPECT_THAT(mistakes_of("{nonsense"), HasSubstr("no map"));
}

TEST(StageSpec, RefusesNamesThatPostgresWouldCut) {
    const std::string long_name(64, 'x');
    EXPECT_THAT(
        mistakes_of(with_tables(R"({")" + long_name + R"(": {"columns": {"c": "text"}}})")),
        HasSubstr("1 to 63 bytes")
    );
    EXPECT_THAT(
        mistakes_of(with_tables(R"({"t": {"columns": {")" + long_name + R"(": "text"}}})")),
        HasSubstr("1 to 63 bytes")
    );
}

TEST(StageSpec, KeepsItsHiddenColumnForItself) {
    EXPECT_THAT(
        mistakes_of(with_tables(R"({"t": {"columns": {"_reel_row": "bigint"}}})")),
        HasSubstr("taken by the loader")
    );
}

TEST(StageSpec, RefusesAKeyWithoutEquality) {
    EXPECT_THAT(
        mistakes_of(with_tables(R"({"t": {"key": "c", "columns": {"c": "json"}}})")),
        HasSubstr("no equality")
    );
}

TEST(StageSpec, RefusesARepeatedKeyColumn) {
    EXPECT_THAT(
        mistakes_of(with_tables(R"({"t": {"key": ["c", "c"], "columns": {"c": "text"}}})")),
        HasSubstr("'c' stands there twice")
    );
}

TEST(StageSpec, RefusesFormatsThatDoNotGoWithTheType) {
    EXPECT_THAT(
        mistakes_of(with_column(R"({"type": "integer", "format": "%Y"})")), HasSubstr("format")
    );
}

TEST(StageSpec, RefusesWrongKindsOfValues) {
    EXPECT_THAT(mistakes_of(with_column(R"({"from": []})")), HasSubstr("the list is empty"));
    EXPECT_THAT(mistakes_of(with_column(R"({"from": [1.5, {}]})")), HasSubstr("a name"));
    EXPECT_THAT(mistakes_of(with_column(R"({"type": ["text"]})")), HasSubstr("text was expected"));
    EXPECT_THAT(mistakes_of(with_column("[]")), HasSubstr("a map was expected"));
    EXPECT_THAT(
        mistakes_of(R"({"source": {"path": "a", "quote": "''"}, "tables": {}})"),
        HasSubstr("one character was expected")
    );
}

TEST(RejectLimit, IsACountOrAShare) {
    EXPECT_EQ(parse_reject_limit("12").value().count, 12U);
    EXPECT_EQ(parse_reject_limit("0").value().count, 0U);
    EXPECT_EQ(parse_reject_limit("1%").value().share, 0.01);
    EXPECT_EQ(parse_reject_limit("0.5 %").value().share, 0.005);
    EXPECT_EQ(parse_reject_limit("100%").value().share, 1.0);
}

TEST(RejectLimit, RefusesEverythingElse) {
    for (const auto* text :
         {"", "%", "-1", "1.5", "101%", "-1%", "x", "1%%", "1 percent", "nan%"}) {
        EXPECT_FALSE(parse_reject_limit(text).has_value()) << text;
    }
}

TEST(RejectLimit, ReadsBackAsWritten) {
    EXPECT_EQ(parse_reject_limit("1%").value().readable(), "1%");
    EXPECT_EQ(parse_reject_limit("0.5%").value().readable(), "0.5%");
    EXPECT_EQ(parse_reject_limit("12").value().readable(), "12");
}

}  // namespace

}  // namespace reel::warehouse
