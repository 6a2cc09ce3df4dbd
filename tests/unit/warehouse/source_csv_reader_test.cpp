#include <random>

#include "source_reading.hpp"

namespace reel::warehouse {
namespace {

TEST(CsvReader, GivesCellsUnderTheHeadersNames) {
    const SeenFile file = read_csv("id,title\n1,Heat\n2,Casino\n");
    EXPECT_EQ(file.header, (Texts{"id", "title"}));
    EXPECT_EQ(file.texts(), (Texts{"1|Heat", "2|Casino"}));
    EXPECT_EQ(file.counts.records, 2U);
    EXPECT_EQ(file.counts.problems, 0U);
}

TEST(CsvReader, FindsColumnsByTheirExactName) {
    MemorySource source("id,title\n");
    const auto reader = CsvReader::open(source);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->find_column("title"), 1U);
    EXPECT_EQ(reader->find_column("Title"), std::nullopt);
}

TEST(CsvReader, TakesEveryKindOfLineEndEvenMixed) {
    EXPECT_EQ(read_csv("a,b\n1,2\n3,4\n").texts(), (Texts{"1|2", "3|4"}));
    EXPECT_EQ(read_csv("a,b\r\n1,2\r\n3,4\r\n").texts(), (Texts{"1|2", "3|4"}));
    EXPECT_EQ(read_csv("a,b\r1,2\r3,4\r").texts(), (Texts{"1|2", "3|4"}));
    EXPECT_EQ(read_csv("a,b\r1,2\n3,4\r\n5,6").texts(), (Texts{"1|2", "3|4", "5|6"}));
}

TEST(CsvReader, NeedsNoLineBreakAtTheEnd) {
    EXPECT_EQ(read_csv("a,b\n1,2").texts(), (Texts{"1|2"}));
    EXPECT_EQ(read_csv("a,b\n1,").texts(), (Texts{"1|"}));
    EXPECT_EQ(read_csv("a,b\n1,\"2\"").texts(), (Texts{"1|<2>"}));
    EXPECT_EQ(read_csv("a,b").texts(), Texts{});
}

TEST(CsvReader, TellsAQuotedEmptyCellFromAnEmptyOne) {
    EXPECT_EQ(read_csv("a,b\n,\"\"\n").texts(), (Texts{"|<>"}));
}

TEST(CsvReader, KeepsDelimitersLineBreaksAndDoubledQuotesInsideQuotes) {
    EXPECT_EQ(read_csv("a,b\n\"1,2\",x\n").texts(), (Texts{"<1,2>|x"}));
    EXPECT_EQ(read_csv("a,b\n\"1\n2\r\n3\r4\",x\n").texts(), (Texts{"<1\n2\r\n3\r4>|x"}));
    EXPECT_EQ(read_csv("a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n").texts(), (Texts{"<say \"hi\">|<\">"}));
    EXPECT_EQ(read_csv("a,b\n\"\"\"\"\"\",\"\r\"\"\n\"\n").texts(), (Texts{"<\"\">|<\r\"\n>"}));
}

TEST(CsvReader, KeepsBlanksAroundValues) {
    EXPECT_EQ(read_csv("a,b\n 1 ,\" 2 \"\n").texts(), (Texts{" 1 |< 2 >"}));
}

TEST(CsvReader, DropsTheByteOrderMarkEvenBeforeAQuotedName) {
    const SeenFile file = read_csv("\xEF\xBB\xBF\"id\",b\n1,2\n");
    EXPECT_EQ(file.header, (Texts{"id", "b"}));
    EXPECT_EQ(file.records.at(0).offset, 10U);
    EXPECT_EQ(file.counts.bytes, 14U);
}

TEST(CsvReader, SkipsAndCountsBlankLinesOfAFileWithSeveralColumns) {
    const SeenFile file = read_csv("\n\r\na,b\n\n1,2\n\r\n\n3,4\n\n");
    EXPECT_EQ(file.texts(), (Texts{"1|2", "3|4"}));
    EXPECT_EQ(file.counts.blank_lines, 6U);
    EXPECT_EQ(file.records.at(1).line, 8U);
    EXPECT_EQ(file.records.at(1).number, 2U);
}

TEST(CsvReader, TakesABlankLineOfAOneColumnFileForAnEmptyCell) {
    const SeenFile file = read_csv("a\n1\n\n2\n");
    EXPECT_EQ(file.texts(), (Texts{"1", "", "2"}));
    EXPECT_EQ(file.counts.blank_lines, 0U);
}

TEST(CsvReader, NamesNumberLineOffsetAndRawBytesOfEachRecord) {
    const SeenFile file = read_csv("a,b\r\n\"x\ny\rz\",\"q\"\"\"\r\n\n1,2\n");
    ASSERT_EQ(file.records.size(), 2U);
    EXPECT_EQ(
        file.records[0], (SeenRecord{"<x\ny\rz>|<q\">", 1, 2, 5, "\"x\ny\rz\",\"q\"\"\"", 13})
    );
    EXPECT_EQ(file.records[1], (SeenRecord{"1|2", 2, 6, 21, "1,2", 3}));
    EXPECT_EQ(file.counts.last_line, 6U);
    EXPECT_EQ(file.counts.bytes, 25U);
}

TEST(CsvReader, CountsALineBreakOfTwoBytesOnceInsideQuotes) {
    const SeenFile file = read_csv("a,b\n\"1\r\n2\r\n\",\"\r\"\n3,4\n");
    EXPECT_EQ(file.records.at(1).line, 6U);
    const SeenFile split = read_csv("a,b\n\"\r\"\"\n\",x\n3,4\n");
    EXPECT_EQ(split.records.at(1).line, 5U);
}

TEST(CsvReader, ReadsOtherDelimitersAndQuotes) {
    const CsvOptions options = {.delimiter = ';', .quote = '\'', .columns = {}};
    EXPECT_EQ(read_csv("a;b\n'x;''y';1,\"2\n", options).texts(), (Texts{"<x;'y>|1,\"2"}));
}

TEST(CsvReader, TakesQuotesForOrdinaryCharactersWhenThereAreNone) {
    const CsvOptions options = {.delimiter = '\t', .quote = '\0', .columns = {}};
    EXPECT_EQ(read_csv("a\tb\n\"x\ty\"z\n", options).texts(), (Texts{"\"x|y\"z"}));
}

TEST(CsvReader, NamesTheColumnsOfAFileWithoutHeader) {
    const SeenFile numbered = read_csv("\n1,2,3\n4,5,6\n", {.header = false, .columns = {}});
    EXPECT_EQ(numbered.header, (Texts{"column_1", "column_2", "column_3"}));
    EXPECT_EQ(numbered.texts(), (Texts{"1|2|3", "4|5|6"}));
    EXPECT_EQ(numbered.records.at(0).line, 2U);
    const SeenFile named = read_csv("1,2\n3\n", {.header = false, .columns = {"x", "y"}});
    EXPECT_EQ(named.header, (Texts{"x", "y"}));
    EXPECT_EQ(named.texts(), (Texts{"1|2", "!1 field, the header has 2"}));
}

TEST(CsvReader, FindsNoRecordsInAnEmptyFileWithoutHeader) {
    EXPECT_EQ(read_csv("", {.header = false, .columns = {}}).texts(), Texts{});
}

TEST(CsvReader, HandsOnAFailureOfTheSource) {
    class Broken final : public ByteSource {
      public:
        core::Result<std::size_t> read(std::span<std::byte> into) override {
            if (left_-- == 0) return core::fail(core::Errc::unavailable, "the disk is gone");
            into[0] = std::byte{'\n'};
            return 1;
        }

      private:
        int left_ = 3;
    };
    Broken source;
    auto reader = CsvReader::open(source, {.header = false, .columns = {"a"}});
    ASSERT_TRUE(reader);
    Record record;
    auto found = reader->next(record);
    while (found && *found) found = reader->next(record);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message, "the disk is gone");
    EXPECT_EQ(reader->counts().records, 3U);
}

/// Cells of every nasty kind, written as a correct writer does, come back as they were.
TEST(CsvReader, ReadsBackWhatACorrectWriterWrote) {
    std::mt19937 random(20240101);
    const std::vector<std::string> pieces = {
        "a", ",", "\"", "\n", "\r", "\r\n", " ", "é", "", "'", ";", "\t", "0", "\xF0\x9F\x8E\xAC"
    };
    const auto pick = [&](std::size_t count) { return random() % count; };
    for (int round = 0; round < 40; ++round) {
        std::string bytes = "a,b,c";
        Texts expected;
        for (std::size_t row = pick(6); row > 0; --row) {
            bytes += std::vector<std::string>{"\n", "\r\n", "\r"}[pick(3)];
            std::string shown;
            for (int column = 0; column < 3; ++column) {
                std::string cell;
                for (std::size_t size = pick(5); size > 0; --size) {
                    cell += pieces[pick(pieces.size())];
                }
                if (column > 0) bytes += ',', shown += '|';
                shown += '<' + cell + '>';
                bytes += '"';
                for (const char c : cell) {
                    bytes += c == '"' ? std::string("\"\"") : std::string(1, c);
                }
                bytes += '"';
            }
            expected.push_back(shown);
        }
        EXPECT_EQ(read_csv(bytes).texts(), expected) << bytes;
    }
}

/// Whatever the bytes: no crash, each byte in one record, the same in pieces.
TEST(CsvReader, AccountsForEveryByteOfAnyRubbish) {
    std::mt19937 random(7);
    const std::string alphabet("a,\"\n\r\xC3\xA9\0b\"\n,", 12);
    for (int round = 0; round < 150; ++round) {
        std::string bytes = "x,y\n";
        for (std::size_t size = random() % 30; size > 0; --size) {
            bytes += alphabet[random() % alphabet.size()];
        }
        const SeenFile file = read_csv(bytes);
        EXPECT_EQ(file.counts.bytes, bytes.size());
        std::uint64_t next = 4;
        for (const SeenRecord& record : file.records) {
            EXPECT_GE(record.offset, next);
            EXPECT_EQ(record.raw, bytes.substr(record.offset, record.raw_size));
            const std::string between = bytes.substr(next, record.offset - next);
            EXPECT_EQ(between.find_first_not_of("\r\n"), std::string::npos);
            next = record.offset + record.raw_size;
        }
        EXPECT_EQ(bytes.find_first_not_of("\r\n", next), std::string::npos);
    }
}

}  // namespace
}  // namespace reel::warehouse
