#include <random>

#include "source_reading.hpp"

namespace reel::warehouse {
namespace {

constexpr std::string_view header = "a,b,c\n";

/// Records of which most are as they should be, so that the quick way is left and found again.
std::string nasty_file(std::mt19937& random, std::size_t records) {
    static const Texts rare = {
        "\"\"",
        "\"",
        "x\"y",
        "\"q\"z",
        "\"a\nb\"",
        "\"a\r\nb\"",
        "\"c\rd\"",
        "\"e,f\"",
        "\"g\"\"h\"",
        std::string("n\0l", 3),
        "\xFF",
        "\xC3\xA9",
        "\n",
        "\r",
        "\"\"\"\"",
        ",",
        "\",\"",
        "\"\n\"\"\n"
    };
    static const Texts line_ends = {"\n", "\n", "\n", "\r\n", "\r", "\n\n"};
    std::string file(header);
    const std::uint32_t rarity = 2U << random() % 9;
    for (std::size_t i = 0; i < records; ++i) {
        for (int cell = 0; cell < 3; ++cell) {
            if (cell > 0) file += ',';
            const bool odd = random() % rarity == 0;
            file += odd ? rare[random() % rare.size()] : std::string(random() % 12, 'x');
        }
        file += line_ends[random() % (rarity > 32 ? 3 : line_ends.size())];
    }
    return file;
}

void expect_agreement(const std::string& file, const CsvOptions& options, std::size_t block) {
    const SeenFile wanted = read_pieces(file, options, SIZE_MAX);
    const SeenFile seen = read_blocks(file, options, block);
    ASSERT_EQ(seen.records.size(), wanted.records.size());
    for (std::size_t i = 0; i < wanted.records.size(); ++i) {
        ASSERT_EQ(seen.records[i].text, wanted.records[i].text) << "record " << i + 1;
        ASSERT_TRUE(seen.records[i] == wanted.records[i]) << "record " << i + 1;
    }
    EXPECT_EQ(seen.counts.problems, wanted.counts.problems);
    EXPECT_EQ(seen.counts.blank_lines, wanted.counts.blank_lines);
    EXPECT_EQ(seen.counts.unclosed_quote, wanted.counts.unclosed_quote);
    EXPECT_EQ(seen.counts.bytes, file.size());
}

TEST(BlockReader, AgreesWithTheReaderOnNastyFilesInBlocksOfAnySize) {
    std::mt19937 random(11);
    for (int round = 0; round < 300; ++round) {
        SCOPED_TRACE(round);
        const std::string file = nasty_file(random, 1 + random() % 60);
        expect_agreement(file, {.columns = {}}, 1 + random() % 200);
        if (testing::Test::HasFatalFailure()) return;
    }
}

TEST(BlockReader, AgreesWithTheReaderOnFilesOfManyPieces) {
    std::mt19937 random(12);
    for (int round = 0; round < 12; ++round) {
        SCOPED_TRACE(round);
        const std::string file = nasty_file(random, 5'000);
        expect_agreement(file, {.columns = {}}, 40'000U << random() % 5);
        if (testing::Test::HasFatalFailure()) return;
    }
}

/// A trap moves over every position of a step of 64 bytes and of a border between blocks.
TEST(BlockReader, MeetsEveryTrapAtEveryPosition) {
    const Texts traps = {
        "\"a\nb\",c,d\n",
        "\"\"\"\",\"\",x\r\n",
        "a\"b,c,d\n",
        "\"a\"b,c,d\n",
        "a,b\n",
        "a,b,c,d\n",
        "\n",
        "\r\n",
        "1,2,3\r",
        "\"a\"\"\",b,\"\"\"c\"\n",
        "\"a\r\n\r\nb\",\"\n\",\"\r\"\n"
    };
    for (const auto& trap : traps) {
        for (std::size_t before = 0; before < 70; ++before) {
            SCOPED_TRACE(trap + " behind " + std::to_string(before));
            std::string file(header);
            file +=
                std::string(before, 'x') + ",y,z\n" + trap + "1,\"2\",3\n" + std::string(70, 'w');
            expect_agreement(file, {.columns = {}}, 64);
            expect_agreement(file, {.columns = {}}, 4096);
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

TEST(BlockReader, HoldsToTheLimits) {
    std::mt19937 random(13);
    const CsvOptions limits = {
        .columns = {}, .max_cell_bytes = 9, .max_record_bytes = 25, .cut_raw_bytes = 6
    };
    for (int round = 0; round < 300; ++round) {
        SCOPED_TRACE(round);
        const std::string file = nasty_file(random, 1 + random() % 30);
        expect_agreement(file, limits, 1 + random() % 100);
        if (testing::Test::HasFatalFailure()) return;
    }
}

TEST(BlockReader, ReadsFilesWithoutHeaderOrQuotes) {
    std::mt19937 random(14);
    for (int round = 0; round < 100; ++round) {
        SCOPED_TRACE(round);
        const std::string file = nasty_file(random, 1 + random() % 30);
        expect_agreement(file, {.quote = '\0', .columns = {}}, 1 + random() % 100);
        expect_agreement(file, {.header = false, .columns = {}}, 1 + random() % 100);
        expect_agreement(file, {.header = false, .columns = {"one"}}, 1 + random() % 100);
        if (testing::Test::HasFatalFailure()) return;
    }
}

/// The texts of the records that are handed out as plain, cells between |.
Texts plain_records(const std::string& body, const Texts& columns) {
    MemorySource source(body);
    const CsvOptions options = {.columns = {}};
    BlockCutter cutter(source, options, {});
    BlockReader reader(columns, options);
    Texts plain;
    while (const auto block = cutter.next().value()) {
        reader.start(*block);
        while (reader.next()) {
            if (!reader.is_plain()) continue;
            std::string text;
            std::size_t from = reader.begin();
            for (const std::uint32_t end : reader.ends()) {
                text += std::string(block->text().substr(from, end - from)) + '|';
                from = end + 1;
            }
            plain.push_back(text);
        }
    }
    return plain;
}

TEST(BlockReader, HandsOutPlainRecordsAsTheyStand) {
    EXPECT_EQ(
        plain_records("1,\"2,\n\"\"\"\r\n\n3,\n,4", {"a", "b"}),
        (Texts{"1|\"2,\n\"\"\"|", "3||", "|4|"})
    );
}

TEST(BlockReader, HandsOutNoRecordAsPlainThatNeedsJudgement) {
    EXPECT_EQ(plain_records("1,2,3\n1\n", {"a", "b"}), Texts{});
    EXPECT_EQ(plain_records("\xC3\xA9,2\n", {"a", "b"}), Texts{});
    EXPECT_EQ(plain_records(std::string("\0,2\n", 4), {"a", "b"}), Texts{});
    EXPECT_EQ(plain_records("x\"y,2\n", {"a", "b"}), Texts{});
}

TEST(BlockReader, FindsTheQuickWayAgain) {
    std::string body = "x\"y,2\n";
    for (int i = 0; i < 10'000; ++i) body += "1,2\n";
    EXPECT_GT(plain_records(body, {"a", "b"}).size(), 5'000U);
}

}  // namespace
}  // namespace reel::warehouse
