#include "dataset/generate.hpp"

#include <gmock/gmock.h>

#include <charconv>
#include <map>
#include <regex>
#include <set>

#include "reading.hpp"

namespace reel::dataset {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr const char* all_files[]{
    "movies_metadata.csv", "links.csv", "ratings.csv", "consumer_price_index.csv"
};

Expectation made(const Options& options) {
    const auto expected = generate(options);
    EXPECT_TRUE(expected.has_value()) << expected.error().describe();
    return expected.value_or(Expectation{});
}

std::optional<std::int64_t> whole(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

/// Every 'id': N of a list column.
std::set<std::int64_t> ids_of(const std::string& list) {
    constexpr std::string_view key = "'id': ";
    std::set<std::int64_t> ids;
    for (std::size_t at = 0; (at = list.find(key, at)) != std::string::npos;) {
        at += key.size();
        ids.insert(std::stoll(list.substr(at, list.find('}', at) - at)));
    }
    return ids;
}

/// Counts by the rules for a correct load, from the bytes alone.
struct Counted {
    Expectation counts;
    std::set<std::int64_t> movies;
};

Counted count_movies(const std::filesystem::path& folder) {
    Counted result;
    std::map<std::int64_t, Record> last;
    const auto records = read_csv(bytes_of(folder / "movies_metadata.csv"));
    for (std::size_t i = 1; i < records.size(); ++i) {
        const Record& record = records[i];
        ++result.counts.movie_records;
        const auto id = record.size() == records[0].size() ? whole(record[5]) : std::nullopt;
        if (!id) {
            ++result.counts.rejected;
        } else if (!last.insert_or_assign(*id, record).second) {
            ++result.counts.duplicates;
        }
    }
    std::set<std::int64_t> genres;
    std::set<std::int64_t> companies;
    std::set<std::string> dates;
    for (const auto& [id, record] : last) {
        const auto own_genres = ids_of(record[3]);
        const auto own_companies = ids_of(record[12]);
        genres.insert(own_genres.begin(), own_genres.end());
        companies.insert(own_companies.begin(), own_companies.end());
        result.counts.genre_pairs += static_cast<std::int64_t>(own_genres.size());
        result.counts.company_pairs += static_cast<std::int64_t>(own_companies.size());
        result.counts.budget += whole(record[2]).value();
        result.counts.revenue += whole(record[15]).value();
        if (!record[14].empty()) dates.insert(record[14]);
        result.movies.insert(id);
    }
    result.counts.movies = static_cast<std::int64_t>(last.size());
    result.counts.genres = static_cast<std::int64_t>(genres.size());
    result.counts.companies = static_cast<std::int64_t>(companies.size());
    result.counts.dates = static_cast<std::int64_t>(dates.size());
    return result;
}

Expectation counted(const std::filesystem::path& folder) {
    Counted result = count_movies(folder);
    std::map<std::string, std::string> tmdb_of;
    const auto links = read_csv(bytes_of(folder / "links.csv"));
    for (std::size_t i = 1; i < links.size(); ++i) tmdb_of[links[i][0]] = links[i][2];
    result.counts.links = static_cast<std::int64_t>(links.size()) - 1;
    const auto ratings = read_csv(bytes_of(folder / "ratings.csv"));
    for (std::size_t i = 1; i < ratings.size(); ++i) {
        const auto tmdb = whole(tmdb_of[ratings[i][1]]);
        if (!tmdb || !result.movies.contains(*tmdb)) ++result.counts.ratings_without_movie;
    }
    result.counts.ratings = static_cast<std::int64_t>(ratings.size()) - 1;
    result.counts.cpi =
        static_cast<std::int64_t>(read_csv(bytes_of(folder / "consumer_price_index.csv")).size()) -
        1;
    return result.counts;
}

TEST(Generate, SaysWhatACorrectLoadGives) {
    for (const std::uint64_t seed : {1U, 99U}) {
        const TemporaryFolder folder;
        const Options options{.folder = folder.path(), .seed = seed, .movies = 150, .ratings = 600};
        const Expectation expected = made(options);
        EXPECT_EQ(to_json(counted(folder.path())), to_json(expected)) << seed;
    }
}

TEST(Generate, SaysSoForBrokenRecordsCrlfAndBomToo) {
    const TemporaryFolder folder;
    const Options options{
        .folder = folder.path(),
        .movies = 100,
        .ratings = 300,
        .split_records = 4,
        .bad_percent = 24,
        .crlf = true,
        .bom = true
    };
    const Expectation expected = made(options);
    EXPECT_EQ(to_json(counted(folder.path())), to_json(expected));
    EXPECT_EQ(expected.rejected, 2 * 4 + 24);
}

TEST(Generate, GivesTheSameBytesForTheSameSeedOnly) {
    const TemporaryFolder first;
    const TemporaryFolder second;
    const TemporaryFolder other;
    made({.folder = first.path(), .seed = 7, .movies = 30});
    made({.folder = second.path(), .seed = 7, .movies = 30});
    made({.folder = other.path(), .seed = 8, .movies = 30});
    for (const char* name : all_files) {
        EXPECT_EQ(bytes_of(first.path() / name), bytes_of(second.path() / name)) << name;
        EXPECT_NE(bytes_of(first.path() / name), bytes_of(other.path() / name)) << name;
    }
}

TEST(Generate, GivesTheSameCellsWhateverTheLineEnds) {
    const TemporaryFolder lf;
    const TemporaryFolder crlf;
    made({.folder = lf.path(), .movies = 30});
    made({.folder = crlf.path(), .movies = 30, .crlf = true, .bom = true});
    for (const char* name : all_files) {
        std::string bytes = bytes_of(crlf.path() / name);
        EXPECT_TRUE(bytes.starts_with("\xEF\xBB\xBF")) << name;
        bytes.erase(0, 3);
        EXPECT_TRUE(bytes.ends_with("\r\n"));
        std::erase(bytes, '\r');
        EXPECT_EQ(bytes, bytes_of(lf.path() / name)) << name;
    }
}

class SmallSet : public testing::Test {
  protected:
    SmallSet() {
        expected = made({.folder = folder.path(), .movies = 20, .ratings = 200});
        text = bytes_of(folder.path() / "movies_metadata.csv");
        records = read_csv(text);
    }

    std::vector<std::string> column(std::size_t index) {
        std::vector<std::string> cells;
        for (const Record& record : records) {
            if (record.size() == 24) cells.push_back(record[index]);
        }
        return cells;
    }

    TemporaryFolder folder;
    Expectation expected;
    std::string text;
    std::vector<Record> records;
};

TEST_F(SmallSet, HasEveryKindOfDirt) {
    for (const char* piece :
         {"\\xa0", "\\t", "\\u200b", " \\\\ ", "{'name': \"", "None", "\"\"", "e-05,"}) {
        EXPECT_NE(text.find(piece), std::string::npos) << piece;
    }
    EXPECT_THAT(column(14), Contains(""));
    EXPECT_THAT(column(14), Contains("1874-12-09"));
    EXPECT_THAT(column(7), Contains(""));
    EXPECT_THAT(column(3), Contains("[]"));
    EXPECT_THAT(column(12), Contains("[]"));
    EXPECT_THAT(column(9), Contains(HasSubstr("\n")));
    EXPECT_THAT(column(15), Contains(testing::StartsWith("46119073")));
    EXPECT_EQ(expected.duplicates, 2);
}

TEST_F(SmallSet, HasASplitRecordOfTenAndFifteenFields) {
    std::vector<std::size_t> odd;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i].size() != 24) odd.push_back(i);
    }
    ASSERT_EQ(odd.size(), 2U);
    EXPECT_EQ(odd[1], odd[0] + 1);
    EXPECT_EQ(records[odd[0]].size(), 10U);
    EXPECT_EQ(records[odd[1]].size(), 15U);
    EXPECT_TRUE(std::regex_match(records[odd[1]][5], std::regex("([0-9-]{10})?")))
        << records[odd[1]][5];
}

TEST_F(SmallSet, RepeatsIdsWithAndWithoutContradiction) {
    std::map<std::string, std::vector<Record>> by_id;
    for (const Record& record : records) {
        if (record.size() == 24) by_id[record[5]].push_back(record);
    }
    int same = 0;
    int different = 0;
    for (const auto& [id, versions] : by_id) {
        for (std::size_t i = 1; i < versions.size(); ++i) {
            ++(versions[i] == versions[0] ? same : different);
            EXPECT_EQ(versions[i][3], versions[0][3]);
            EXPECT_EQ(versions[i][12], versions[0][12]);
        }
    }
    EXPECT_EQ(same, 1);
    EXPECT_EQ(different, 1);
}

TEST_F(SmallSet, LeadsSomeMovieLensNumbersNowhere) {
    const auto links = read_csv(bytes_of(folder.path() / "links.csv"));
    std::set<std::string> linked;
    bool empty = false;
    for (const Record& link : links) {
        linked.insert(link[0]);
        empty = empty || link[2].empty();
    }
    EXPECT_TRUE(empty);
    bool unlinked = false;
    for (const Record& rating : read_csv(bytes_of(folder.path() / "ratings.csv"))) {
        unlinked = unlinked || !linked.contains(rating[1]);
    }
    EXPECT_TRUE(unlinked);
    EXPECT_GT(expected.ratings_without_movie, 0);
    EXPECT_LT(expected.ratings_without_movie, expected.ratings / 2);
}

TEST_F(SmallSet, HasRatingsThatASchemaAccepts) {
    std::set<std::pair<std::string, std::string>> pairs;
    const auto ratings = read_csv(bytes_of(folder.path() / "ratings.csv"));
    for (std::size_t i = 1; i < ratings.size(); ++i) {
        const Record& rating = ratings[i];
        ASSERT_EQ(rating.size(), 4U);
        EXPECT_TRUE(pairs.emplace(rating[0], rating[1]).second) << "rated twice";
        EXPECT_TRUE(std::regex_match(rating[2], std::regex("0\\.5|[1-4]\\.[05]|5\\.0")))
            << rating[2];
        EXPECT_GE(whole(rating[3]).value(), 820'454'400);
    }
}

TEST_F(SmallSet, HasAPriceIndexFromTheYear1999) {
    const auto cpi = read_csv(bytes_of(folder.path() / "consumer_price_index.csv"));
    EXPECT_EQ(cpi[0], (Record{"observation_date", "CUSR0000SS62031"}));
    EXPECT_EQ(cpi[1], (Record{"1999-01-01", "102.400"}));
    EXPECT_EQ(cpi.back()[0], "2020-04-01");
}

TEST(Generate, WorksForOneMovieAndNoRatings) {
    const TemporaryFolder folder;
    const Expectation expected =
        made({.folder = folder.path(), .movies = 1, .ratings = 0, .users = 0});
    EXPECT_EQ(expected.movies, 1);
    EXPECT_EQ(expected.ratings, 0);
    EXPECT_EQ(to_json(counted(folder.path())), to_json(expected));
}

TEST(Generate, LetsEverybodyRateEverything) {
    const TemporaryFolder folder;
    const Expectation expected =
        made({.folder = folder.path(), .movies = 12, .ratings = 60, .users = 5});
    EXPECT_EQ(expected.ratings, 60);
    EXPECT_EQ(to_json(counted(folder.path())), to_json(expected));
}

TEST(Generate, SaysWhyAFolderCannotBeMade) {
    const auto expected = generate({.folder = "/dev/null/here"});
    ASSERT_FALSE(expected.has_value());
    EXPECT_EQ(expected.error().where, "/dev/null/here");
}

TEST(Generate, SaysWhenTheDiskIsFull) {
    const TemporaryFolder folder;
    std::filesystem::create_symlink("/dev/full", folder.path() / "links.csv");
    const auto expected = generate({.folder = folder.path(), .movies = 10, .ratings = 10});
    ASSERT_FALSE(expected.has_value());
    EXPECT_THAT(expected.error().describe(), HasSubstr("No space left"));
}

}  // namespace
}  // namespace reel::dataset
