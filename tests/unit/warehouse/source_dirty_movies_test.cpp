#include <set>

#include "source_reading.hpp"
#include "warehouse/literal/parse.hpp"
#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {
namespace {

// The dirt of the public movies file in small: a record that an unquoted line break has split, a
// repeated id, Python literals with both quotes and escapes, a line break inside quotes, an
// exponent, an empty date.
constexpr std::string_view dirty =
    "adult,budget,genres,id,overview,popularity,release_date\r\n"
    "False,30000000,\"[{'id': 16, 'name': 'Animation'}]\",862,\"Led by Woody,\r\nAndy's "
    "toys\",21.946943,1995-10-30\r\n"
    "False,0,[],863,\"He said \"\"no\"\".\",8.2e-05,\r\n"
    "False,0,\"[{'id': 1, 'name': \"\"Ted's\\t\\xa0Co\"\"}, {'id': 2, 'name': None}]\",864,x\r\n"
    " - Written by Ornas\",0.065736,/ff9q.jpg,1997-08-20,,,,,\r\n"
    "False,0,\"[{'id': 1, 'name': \"\"Ted's\\t\\xa0Co\"\"}]\",863,again,1.5,2012-09-29\r\n";

TEST(DirtyMovies, AreReadRecordByRecordWithTheBadOnesSetAside) {
    const SeenFile file = read_csv(dirty);
    ASSERT_EQ(file.records.size(), 5U);
    EXPECT_EQ(file.counts.problems, 2U);
    EXPECT_EQ(file.records[2].text, "!5 fields, the header has 7");
    EXPECT_EQ(
        file.records[3].text,
        "!column 1 (adult): a quote inside an unquoted value; 9 fields, the header has 7"
    );
    EXPECT_EQ(file.records[3].raw, " - Written by Ornas\",0.065736,/ff9q.jpg,1997-08-20,,,,,");
}

TEST(DirtyMovies, KeepTheirPhysicalLines) {
    const SeenFile file = read_csv(dirty);
    std::vector<std::uint64_t> lines;
    std::vector<std::uint64_t> numbers;
    for (const SeenRecord& record : file.records) {
        lines.push_back(record.line);
        numbers.push_back(record.number);
    }
    EXPECT_EQ(lines, (std::vector<std::uint64_t>{2, 4, 5, 6, 7}));
    EXPECT_EQ(numbers, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
    EXPECT_EQ(file.counts.last_line, 7U);
}

TEST(DirtyMovies, MeanTheSameWithAnyLineEndAndAByteOrderMark) {
    std::string unix_ends(dirty);
    for (auto at = unix_ends.find('\r'); at != std::string::npos; at = unix_ends.find('\r')) {
        unix_ends.erase(at, 1);
    }
    const SeenFile with_lf = read_csv("\xEF\xBB\xBF" + unix_ends);
    const SeenFile with_crlf = read_csv(dirty);
    EXPECT_EQ(with_lf.header, with_crlf.header);
    ASSERT_EQ(with_lf.records.size(), with_crlf.records.size());
    for (std::size_t i = 0; i < with_lf.records.size(); ++i) {
        EXPECT_EQ(with_lf.records[i].line, with_crlf.records[i].line);
        if (i > 0) EXPECT_EQ(with_lf.records[i].text, with_crlf.records[i].text);
    }
}

TEST(DirtyMovies, GiveTypedValuesFromEveryGoodRecord) {
    MemorySource source{std::string(dirty)};
    auto reader = CsvReader::open(source).value();
    const auto column = [&](const Record& record, std::string_view name) {
        return record.cells.at(reader.find_column(name).value()).text;
    };
    const auto encoder = [](std::string_view type) {
        return FieldEncoder::make(parse_column_type(type).value()).value();
    };
    const auto id = encoder("integer");
    const auto budget = encoder("bigint");
    const auto popularity = encoder("numeric");
    const auto released = encoder("date");
    std::string bytes;
    std::set<std::string> names;
    Record record;
    int good = 0;
    while (reader.next(record).value()) {
        if (record.problem) continue;
        ++good;
        EXPECT_TRUE(id.encode(column(record, "id"), bytes));
        EXPECT_TRUE(budget.encode(column(record, "budget"), bytes));
        EXPECT_TRUE(popularity.encode(column(record, "popularity"), bytes));
        const auto date = column(record, "release_date");
        EXPECT_EQ(released.encode(date, bytes).has_value(), !date.empty());
        const auto genres = literal::parse_list_column(column(record, "genres"));
        ASSERT_TRUE(genres) << genres.error().message;
        for (const literal::Value& genre : *genres->list()) {
            names.insert(*genre.find("name")->text());
        }
    }
    EXPECT_EQ(good, 3);
    EXPECT_EQ(names, (std::set<std::string>{"Animation", "Ted's\t\u00a0Co"}));
}

}  // namespace
}  // namespace reel::warehouse
