#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

namespace fs = std::filesystem;

/// The real files are not part of the repository: REEL_TEST_DATA, or a folder beside the checkout.
fs::path real_data() {
    if (const char* folder = std::getenv("REEL_TEST_DATA")) {
        return folder;
    }
    const fs::path checkout = fs::path(__FILE__).parent_path() / "../../..";
    return (checkout / "../shared/data").lexically_normal();
}

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        text.replace(at, from.size(), to);
        at += to.size();
    }
    return text;
}

class MoviesDataTest : public WarehouseTest {
  protected:
    void SetUp() override {
        if (!fs::exists(real_data() / "movies/links.csv")) {
            GTEST_SKIP() << "no real data at " << real_data()
                         << "; REEL_TEST_DATA names the folder";
        }
    }

    void stage_movies(const std::string& id = "id") {
        stage_ok(replaced(
            R"json({
          "source": {"path": "movies_metadata.csv", "format": "csv"},
          "rejects": {"max": "1%"},
          "tables": {
            "movies": {"key": "movie_id", "columns": {
              "movie_id": {"from": "ID", "type": "integer", "not_null": true},
              "title": {"type": "text"},
              "original_language": {"type": "text"},
              "is_adult": {"from": "adult", "type": "boolean"},
              "budget": {"type": "bigint"},
              "revenue": {"type": "bigint"},
              "popularity": {"type": "double precision"},
              "release_date": {"type": "date"},
              "runtime": {"type": "numeric(6,1)"},
              "vote_count": {"type": "integer"},
              "vote_average": {"type": "numeric(3,1)"}}},
            "genres": {"each": "genres", "key": "genre_id", "columns": {
              "genre_id": {"from": "id", "type": "integer"},
              "genre_name": {"from": "name", "type": "text", "not_null": true}}},
            "movie_genres": {"each": "genres", "key": ["movie_id", "genre_id"], "columns": {
              "movie_id": {"from": "/ID", "type": "integer"},
              "genre_id": {"from": "id", "type": "integer"}}},
            "companies": {"each": "production_companies", "key": "company_id", "columns": {
              "company_id": {"from": "id", "type": "integer"},
              "company_name": {"from": "name", "type": "text", "not_null": true}}},
            "movie_companies": {"each": "production_companies", "key": ["movie_id", "company_id"],
              "columns": {
                "movie_id": {"from": "/ID", "type": "integer"},
                "company_id": {"from": "id", "type": "integer"}}}
          }
        })json",
            "ID",
            id
        ));
        ++attempt;
    }

    /// "inserted updated rows" of each of the five tables.
    std::vector<std::string> publish_movies() {
        const std::vector<std::pair<std::string, std::string>> tables{
            {"movies", R"(["movie_id"])"},
            {"genres", R"(["genre_id"])"},
            {"movie_genres", R"(["movie_id", "genre_id"])"},
            {"companies", R"(["company_id"])"},
            {"movie_companies", R"(["movie_id", "company_id"])"}
        };
        std::vector<std::string> out;
        for (const auto& [table, key] : tables) {
            const auto report = upsert_ok(
                R"({"from": "stage.)" + table + R"(", "into": "movies.)" + table + R"(", "key": )" +
                key + "}"
            );
            out.push_back(
                report["inserted"].dump() + " " + report["updated"].dump() + " " +
                report["rows"].dump()
            );
        }
        return out;
    }

    std::string sums() {
        return scalar("SELECT sum(budget) || ' ' || sum(revenue) FROM movies.movies");
    }

    /// Everything in the five tables as one hash.
    std::string fingerprint() {
        return scalar(R"(SELECT md5(string_agg(line, E'\n' ORDER BY line COLLATE "C")) FROM (
            SELECT 'm' || m::text AS line FROM movies.movies AS m
            UNION ALL SELECT 'g' || g::text FROM movies.genres AS g
            UNION ALL SELECT 'mg' || x::text FROM movies.movie_genres AS x
            UNION ALL SELECT 'c' || c::text FROM movies.companies AS c
            UNION ALL SELECT 'mc' || y::text FROM movies.movie_companies AS y) AS all_lines)");
    }

    const std::vector<std::string> head3188{
        "3187 0 3187", "20 0 20", "7557 0 7557", "2397 0 2397", "6108 0 6108"
    };
};

TEST_F(MoviesDataTest, LoadsTheHeadOfTheKaggleFileExactly) {
    put("movies_metadata.csv", content_of(real_data() / "movies/movies_metadata_head3188_lf.csv"));
    stage_movies();
    EXPECT_EQ(publish_movies(), head3188);
    EXPECT_EQ(sums(), "34269772841 108157221513");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "0");
}

TEST_F(MoviesDataTest, ChangesNothingTheSecondTime) {
    put("movies_metadata.csv", content_of(real_data() / "movies/movies_metadata_head3188_lf.csv"));
    stage_movies();
    publish_movies();
    run = "r2";
    stage_movies();
    for (const auto& counts : publish_movies()) {
        EXPECT_TRUE(counts.starts_with("0 0 ")) << counts;
    }
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.loads"), "10");
}

TEST_F(MoviesDataTest, GivesTheSameTablesForCrlfAndByteOrderMark) {
    const auto plain = content_of(real_data() / "movies/movies_metadata_head3188_lf.csv");
    put("movies_metadata.csv", plain);
    stage_movies();
    publish_movies();
    const auto expected = fingerprint();
    exec("DROP SCHEMA movies CASCADE");
    // Line breaks inside cells are content; the file's own are those of records.
    std::string crlf;
    bool quoted = false;
    for (const char c : plain) {
        quoted = quoted != (c == '"');
        crlf += c == '\n' && !quoted ? "\r\n" : std::string(1, c);
    }
    put("movies_metadata.csv", "\xef\xbb\xbf" + crlf);
    stage_movies();
    EXPECT_EQ(publish_movies(), head3188);
    EXPECT_EQ(fingerprint(), expected);
}

TEST_F(MoviesDataTest, LoadsThousandMoviesWithTheirOwnIdColumn) {
    put("movies_metadata.csv", content_of(real_data() / "movies_1000/movies_metadata.csv"));
    stage_movies("tmdb_id");
    EXPECT_EQ(
        publish_movies(),
        (std::vector<std::string>{
            "1000 0 1000", "20 0 20", "2024 0 2024", "1295 0 1295", "1670 0 1670"
        })
    );
    EXPECT_EQ(sums(), "4607698609 11985952672");
}

TEST_F(MoviesDataTest, LoadsAllRatings) {
    put("ml/ratings_small.csv", content_of(real_data() / "movies/ratings_small.csv"));
    const auto report = stage_ok(R"json({"source": {"path": "ratings_small.csv"}, "tables": {
        "ratings": {"key": ["user_id", "movielens_id"], "columns": {
          "user_id": {"from": "userId", "type": "integer"},
          "movielens_id": {"from": "movieId", "type": "integer"},
          "rating": {"type": "numeric(2,1)", "not_null": true},
          "rated_at": {"from": "timestamp", "type": "timestamptz", "format": "epoch"}}}}})json");
    EXPECT_EQ(report["records_read"], 100004);
    const auto loaded = upsert_ok(
        R"({"from": "stage.ratings", "into": "movies.ratings", "key": ["user_id", "movielens_id"]})"
    );
    EXPECT_EQ(loaded["inserted"], 100004);
    EXPECT_EQ(scalar("SELECT sum(rating) FROM movies.ratings"), "354375.0");
    EXPECT_EQ(
        scalar("SELECT count(DISTINCT user_id) || ' ' || count(DISTINCT movielens_id) "
               "FROM movies.ratings"),
        "671 9066"
    );
    EXPECT_EQ(
        scalar("SELECT extract(epoch FROM rated_at)::bigint FROM movies.ratings "
               "WHERE user_id = 1 AND movielens_id = 31"),
        "1260759144"
    );
}

TEST_F(MoviesDataTest, ReadsThePriceIndexOfAnyVintage) {
    const std::string args = R"json({"source": {"path": "cpi.csv"}, "tables": {"cpi": {
        "key": "date_cd", "columns": {
          "date_cd": {"from": ["DATE", "Date", "observation_date"], "type": "date"},
          "consumer_price_index": {"from": "CUSR0000SS62031", "type": "numeric(8,3)",
            "null_values": "."}}}}})json";
    const std::vector<std::pair<std::string, std::string>> files{
        {"consumer_price_index.csv", ""},
        {"CUSR0000SS62031_vintage2023-12.csv", ""},
        {"consumer_price_index.csv", "observation_date"}
    };
    for (const auto& [name, renamed] : files) {
        auto text = content_of(real_data() / "cpi" / name);
        if (!renamed.empty()) {
            text = replaced(text, "DATE", renamed) + "2020-05-01,.\n";
        }
        put("cpi.csv", text);
        const auto report = stage_ok(args);
        ++attempt;
        EXPECT_GE(report["tables"]["cpi"]["staged"].get<int>(), 256) << name << renamed;
        EXPECT_EQ(
            scalar(
                "SELECT consumer_price_index FROM " + staged["stage.cpi"].physical +
                " WHERE date_cd = '1999-01-01'"
            ),
            "102.700"
        );
    }
}

TEST_F(MoviesDataTest, FailsWhenFivePercentAreBad) {
    std::istringstream ratings(content_of(real_data() / "movies/ratings_small.csv"));
    std::string content;
    std::string line;
    for (int i = 0; std::getline(ratings, line); ++i) {
        content += i % 20 == 1 ? "oops," + line : line;
        content += '\n';
    }
    put("ratings.csv", content);
    const auto error = stage_error(R"json({"source": "ratings.csv", "rejects": "1%", "tables": {
        "ratings": {"key": ["userId", "movieId"], "columns": {
          "userId": "integer", "movieId": "integer", "rating": "numeric(2,1)"}}}})json");
    EXPECT_EQ(error.code, core::Errc::corrupt_data);
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine"), "5001");
    EXPECT_EQ(staging_tables(), "0");
}

}  // namespace

}  // namespace reel::warehouse
