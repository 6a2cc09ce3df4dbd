#include "warehouse/source/csv_rules.hpp"

#include "source_reading.hpp"

namespace reel::warehouse {
namespace {

std::string judge(const CsvOptions& options) {
    const auto sound = check_options(options);
    if (sound) return "sound";
    EXPECT_EQ(sound.error().code, core::Errc::invalid_argument);
    return sound.error().message;
}

std::string judge_names(const std::vector<std::string>& names) {
    const auto sound = check_names(names);
    if (sound) return "sound";
    EXPECT_EQ(sound.error().code, core::Errc::corrupt_data);
    EXPECT_EQ(sound.error().hint, "give every column its own name in the file's first line");
    return sound.error().message;
}

TEST(CsvOptionRules, TakeTheDefaults) {
    EXPECT_EQ(judge({.columns = {}}), "sound");
}

TEST(CsvOptionRules, TakeAnyDelimiterThatIsNoLineBreak) {
    for (int code = 1; code < 256; ++code) {
        const char delimiter = static_cast<char>(code);
        if (delimiter == '\n' || delimiter == '\r' || delimiter == '"') continue;
        EXPECT_EQ(judge({.delimiter = delimiter, .columns = {}}), "sound") << code;
    }
}

TEST(CsvOptionRules, RefuseADelimiterThatEndsALineOrIsNul) {
    for (const char delimiter : {'\n', '\r', '\0'}) {
        EXPECT_EQ(
            judge({.delimiter = delimiter, .columns = {}}),
            "a CSV delimiter must not be a line break or NUL"
        );
    }
}

TEST(CsvOptionRules, TakeNulForNoQuoteButNoLineBreak) {
    EXPECT_EQ(judge({.quote = '\0', .columns = {}}), "sound");
    for (const char quote : {'\n', '\r'}) {
        EXPECT_EQ(judge({.quote = quote, .columns = {}}), "a CSV quote must not be a line break");
    }
}

TEST(CsvOptionRules, RefuseOneCharacterForBoth) {
    for (const char both : {',', ';', '\'', '"', 'x'}) {
        EXPECT_EQ(
            judge({.delimiter = both, .quote = both, .columns = {}}),
            "CSV delimiter and quote are the same character"
        );
    }
}

TEST(CsvOptionRules, RefuseNamesBesideAHeader) {
    EXPECT_EQ(
        judge({.header = true, .columns = {"a"}}),
        "column names are given for a CSV file that has a header"
    );
    EXPECT_EQ(judge({.header = false, .columns = {"a"}}), "sound");
    EXPECT_EQ(judge({.header = false, .columns = {}}), "sound");
}

TEST(CsvOptionRules, RefuseEachLimitOfNothing) {
    const char* refused = "a size limit for CSV is 0";
    EXPECT_EQ(judge({.columns = {}, .max_cell_bytes = 0}), refused);
    EXPECT_EQ(judge({.columns = {}, .max_record_bytes = 0}), refused);
    EXPECT_EQ(judge({.columns = {}, .read_bytes = 0}), refused);
    EXPECT_EQ(judge({.columns = {}, .cut_raw_bytes = 0}), "sound") << "nothing need be kept";
    EXPECT_EQ(
        judge({.columns = {}, .max_cell_bytes = 1, .max_record_bytes = 1, .read_bytes = 1}), "sound"
    );
}

TEST(CsvOptionRules, AreCheckedBeforeTheSourceIsRead) {
    class Untouched final : public ByteSource {
      public:
        core::Result<std::size_t> read(std::span<std::byte>) override {
            ADD_FAILURE() << "the source was read";
            return 0;
        }
    };
    Untouched source;
    EXPECT_FALSE(CsvReader::open(source, {.quote = ',', .columns = {}}));
}

struct NamesCase {
    std::vector<std::string> names;
    std::string verdict;
};

class CsvNames : public testing::TestWithParam<NamesCase> {};

TEST_P(CsvNames, MustBeThereAndDiffer) {
    EXPECT_EQ(judge_names(GetParam().names), GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    Headers,
    CsvNames,
    testing::Values(
        NamesCase{{}, "sound"},
        NamesCase{{"a"}, "sound"},
        NamesCase{{"a", "A"}, "sound"},
        NamesCase{{"a", " a"}, "sound"},
        NamesCase{{" "}, "sound"},
        NamesCase{{""}, "the header has no name for column 1"},
        NamesCase{{"", ""}, "the header has no name for column 1, 2"},
        NamesCase{{"a", "", "b"}, "the header has no name for column 2"},
        NamesCase{{"a", "a"}, "the header has more than one column is called a"},
        NamesCase{{"a", "a", "a", "a"}, "the header has more than one column is called a"},
        NamesCase{{"b", "a", "a", "b"}, "the header has more than one column is called a, b"},
        NamesCase{{"é", "é"}, "the header has more than one column is called é"},
        NamesCase{
            {"x", "", "x", ""},
            "the header has no name for column 2, 4; more than one column is called x"
        }
    )
);

struct HeaderCase {
    std::string bytes;
    Texts names;
};

class CsvHeader : public testing::TestWithParam<HeaderCase> {};

TEST_P(CsvHeader, NamesTheColumnsAsTheyAreWritten) {
    EXPECT_EQ(read_csv(GetParam().bytes).header, GetParam().names);
}

INSTANTIATE_TEST_SUITE_P(
    Spellings,
    CsvHeader,
    testing::Values(
        HeaderCase{"a", {"a"}},
        HeaderCase{"a\n", {"a"}},
        HeaderCase{"a\r", {"a"}},
        HeaderCase{"a\r\n", {"a"}},
        HeaderCase{"\n\n\r\na,b\n", {"a", "b"}},
        HeaderCase{"\"a\",\"b\"\n", {"a", "b"}},
        HeaderCase{"\"a,b\",c\n", {"a,b", "c"}},
        HeaderCase{"\"a\nb\",c\n", {"a\nb", "c"}},
        HeaderCase{"\"a\"\"b\",\"\"\"\"\n", {"a\"b", "\""}},
        HeaderCase{" a , b \n", {" a ", " b "}},
        HeaderCase{"Titel,Größe,値\n", {"Titel", "Größe", "値"}},
        HeaderCase{
            "\xEF\xBB\xBF"
            "a,b\n",
            {"a", "b"}
        },
        HeaderCase{"\xEF\xBB\xBF\"a\",b\n", {"a", "b"}},
        HeaderCase{
            "\xEF\xBB\xBF\n"
            "a\n",
            {"a"}
        },
        HeaderCase{"1,2,3\n", {"1", "2", "3"}}
    )
);

struct BadHeaderCase {
    std::string bytes;
    std::string message;
};

class CsvBadHeader : public testing::TestWithParam<BadHeaderCase> {};

TEST_P(CsvBadHeader, IsRefusedWithItsLineAndColumn) {
    EXPECT_EQ(open_error(GetParam().bytes), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes,
    CsvBadHeader,
    testing::Values(
        BadHeaderCase{"\xEF\xBB\xBF", "the file is empty, its first line should name the columns"},
        BadHeaderCase{"\r\n\r", "the file is empty, its first line should name the columns"},
        BadHeaderCase{"\"\"\n", "the header has no name for column 1"},
        BadHeaderCase{",\n", "the header has no name for column 1, 2"},
        BadHeaderCase{"a,\n", "the header has no name for column 2"},
        BadHeaderCase{"a,\"a\"\n", "the header has more than one column is called a"},
        BadHeaderCase{
            "\na\"b,c\n",
            "line 2: the header cannot be read: column 1: a quote inside an unquoted value"
        },
        BadHeaderCase{
            "x,\"a\"b\n",
            "line 1: the header cannot be read: column 2: text behind the closing quote"
        },
        BadHeaderCase{
            std::string("a,b\0\n", 5), "line 1: the header cannot be read: column 2: NUL at byte 2"
        },
        BadHeaderCase{
            "\xFF\xFE"
            "a",
            "the file is UTF-16, not UTF-8"
        },
        BadHeaderCase{
            "\xFE\xFF"
            "a",
            "the file is UTF-16, not UTF-8"
        }
    )
);

}  // namespace
}  // namespace reel::warehouse
