#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>

#include "dataset/csv_file.hpp"
#include "dataset/expectation.hpp"
#include "dataset/names.hpp"
#include "dataset/python_literal.hpp"
#include "dataset/zip_file.hpp"
#include "reading.hpp"

namespace reel::dataset {
namespace {

TEST(PythonStrings, AreWrittenAsReprDoes) {
    EXPECT_EQ(python_string("plain"), "'plain'");
    EXPECT_EQ(python_string("it's"), R"("it's")");
    EXPECT_EQ(python_string(R"(say "hi")"), R"('say "hi"')");
    EXPECT_EQ(python_string(R"(it's "both")"), R"('it\'s "both"')");
    EXPECT_EQ(python_string("a\\b\tc\nd"), R"('a\\b\tc\nd')");
    EXPECT_EQ(
        python_string("n\xC2\xA0"
                      "b\xE2\x80\x8Bé"),
        R"('n\xa0b\u200bé')"
    );
    EXPECT_EQ(python_string(""), "''");
}

TEST(CsvFiles, QuoteOnlyWhereTheyMust) {
    const TemporaryFolder folder;
    auto file = CsvFile::create(folder.path() / "x.csv", {});
    ASSERT_TRUE(file.has_value());
    file->cell("a").cell("b,c").cell("d\"e").cell("f\ng").cell("").number(-5).raw("1,2").end_record(
    );
    ASSERT_TRUE(file->finish().has_value());
    EXPECT_EQ(bytes_of(folder.path() / "x.csv"), "a,\"b,c\",\"d\"\"e\",\"f\ng\",,-5,1,2\n");
}

TEST(CsvFiles, UseTheirLineEndInsideCellsToo) {
    const TemporaryFolder folder;
    auto file = CsvFile::create(folder.path() / "x.csv", {.crlf = true, .bom = true});
    ASSERT_TRUE(file.has_value());
    file->cell("a\nb").end_record();
    ASSERT_TRUE(file->finish().has_value());
    EXPECT_EQ(bytes_of(folder.path() / "x.csv"), "\xEF\xBB\xBF\"a\r\nb\"\r\n");
}

TEST(CsvFiles, ThatCannotBeMadeAreErrors) {
    EXPECT_FALSE(CsvFile::create("/nowhere/at/all.csv", {}).has_value());
}

TEST(Companies, KeepTheirNamesAndShareOneInFifty) {
    EXPECT_EQ(company_name(1, 3), company_name(1, 3));
    EXPECT_NE(company_name(1, 3), company_name(2, 3));
    EXPECT_EQ(company_name(1, 57), company_name(1, 58));
    EXPECT_EQ(company_name(1, 6).size(), 101U);
}

TEST(Expectations, AreOneJsonObjectInOrder) {
    const Expectation expected{.movie_records = 5, .cpi = 256};
    const std::string json = to_json(expected);
    EXPECT_THAT(json, testing::StartsWith("{\n  \"movie_records\": 5,\n  \"movies\": 0,"));
    EXPECT_THAT(json, testing::EndsWith("\"cpi\": 256\n}\n"));
    EXPECT_THAT(to_text(expected), testing::HasSubstr("ratings_without_movie"));
}

TEST(Zips, HoldTheFilesUnderTheirBareNames) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "a.csv") << std::string(500'000, 'a');
    std::ofstream(folder.path() / "b.csv") << "b";
    const auto zip = folder.path() / "x.zip";
    ASSERT_TRUE(write_zip(zip, {folder.path() / "a.csv", folder.path() / "b.csv"}).has_value());
    archive* reader = archive_read_new();
    archive_read_support_format_zip(reader);
    ASSERT_EQ(archive_read_open_filename(reader, zip.c_str(), 10'240), ARCHIVE_OK);
    std::vector<std::pair<std::string, std::int64_t>> members;
    archive_entry* entry = nullptr;
    while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
        std::vector<char> content(600'000);
        const auto size = archive_read_data(reader, content.data(), content.size());
        members.emplace_back(archive_entry_pathname(entry), size);
    }
    archive_read_free(reader);
    EXPECT_THAT(members, testing::ElementsAre(std::pair("a.csv", 500'000), std::pair("b.csv", 1)));
}

TEST(Zips, OfAFileThatIsNotThereAreErrors) {
    const TemporaryFolder folder;
    EXPECT_FALSE(write_zip(folder.path() / "x.zip", {folder.path() / "no.csv"}).has_value());
    EXPECT_FALSE(write_zip("/nowhere/x.zip", {}).has_value());
}

}  // namespace
}  // namespace reel::dataset
