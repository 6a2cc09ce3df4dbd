#include <gmock/gmock.h>

#include "replay_fixture.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

class RejoinTest : public ReplayTest {
  protected:
    /// A record as movies_metadata has them: 24 fields, of which the tenth is text.
    static std::string movie(const std::string& id, const std::string& overview) {
        return "False,,0,\"[{'id': 16, 'name': 'A'}]\",," + id + ",tt1,en,T," + overview +
               ",0.1,/p.jpg,[],[],1997-08-20,0,104.0,[],Released,,T,False,6.0,1\n";
    }
    static std::string movies_header() {
        return "adult,belongs_to_collection,budget,genres,homepage,id,imdb_id,original_language,"
               "original_title,overview,popularity,poster_path,production_companies,"
               "production_countries,release_date,revenue,runtime,spoken_languages,status,tagline,"
               "title,video,vote_average,vote_count\n";
    }
    /// The spec of movies and their genres.
    static std::string movies_spec(const std::string& rejoin) {
        return R"({"source": {"path": "m.csv", "rejoin": )" + rejoin + R"(}, "rejects": "99",
            "tables": {
            "movies": {"into": "s.movies", "key": ["id"], "columns": {
                "id": "integer", "overview": "text", "release_date": "date", "runtime": "real",
                "vote_count": "integer"}},
            "genres": {"into": "s.genres", "mode": "append", "each": "genres", "columns": {
                "movie": {"from": "/id", "type": "integer"},
                "genre": {"from": "id", "type": "integer"}}}}})";
    }
};

TEST_F(RejoinTest, MendsTheMoviesThatALineBreakCut) {
    put("m.csv",
        movies_header() + movie("1", "fine") + movie("2", "\n - Written by Ørnås") +
            movie("3", "\"quoted\nand fine\"") + movie("4", "ends\nhere") + movie("x", "bad"));
    load_spec_ok(movies_spec("true"));
    EXPECT_EQ(
        scalar("SELECT string_agg(id || ':' || overview, '|' ORDER BY id) FROM s.movies"),
        "1:fine|2:\n - Written by Ørnås|3:quoted\nand fine|4:ends\nhere"
    );
    EXPECT_EQ(scalar("SELECT count(*) FROM s.genres"), "4");
    EXPECT_EQ(scalar("SELECT line || ' ' || record_number FROM reel.quarantine"), "9 7");
    EXPECT_EQ(
        scalar("SELECT records_read || ' ' || records_quarantined || ' ' || records_rejoined FROM "
               "reel.stage_reports WHERE table_name = 'movies'"),
        "5 1 2"
    );
    EXPECT_TRUE(logged("5 records read, 1 rejected, 2 rejoined of two parts"));
}

TEST_F(RejoinTest, WithoutItBothPartsAreRejected) {
    put("m.csv", movies_header() + movie("2", "a\nb"));
    load_spec_ok(movies_spec("false"));
    EXPECT_EQ(
        scalar("SELECT string_agg(reason, '; ' ORDER BY id) FROM reel.quarantine"),
        "10 fields, the header has 24; 15 fields, the header has 24"
    );
}

TEST_F(RejoinTest, PartsWhoseValuesDoNotFitAreRejectedBoth) {
    put("m.csv", movies_header() + movie("z", "a\nb"));
    load_spec_ok(movies_spec("true"));
    EXPECT_EQ(
        scalar("SELECT string_agg(line || ' ' || rule, '; ' ORDER BY id) FROM reel.quarantine"),
        "2 record; 3 record"
    );
    EXPECT_EQ(scalar("SELECT count(*) FROM s.movies"), "0");
}

TEST_F(RejoinTest, AnElementOfAMendedRecordIsReplayed) {
    auto broken = movie("2", "a\nb");
    broken.replace(broken.find("'id': 16"), 8, "'id': 'x'");
    put("m.csv", movies_header() + broken);
    load_spec_ok(movies_spec("true"));
    EXPECT_THAT(
        scalar("SELECT convert_from(raw, 'UTF8') FROM reel.quarantine"), HasSubstr("T,a\nb,0.1")
    );
    std::string mended = movies_spec("true");
    const std::string genre = R"("genre": {"from": "id", "type": "integer")";
    mended.insert(mended.find(genre) + genre.size(), R"(, "null_values": ["x"])");
    EXPECT_EQ(outcome(replay_ok(mended)), "1 1 0 0");
    EXPECT_EQ(scalar("SELECT count(*) FROM s.genres WHERE movie = 2 AND genre IS NULL"), "1");
}

TEST_F(RejoinTest, PartsThatWereRejectedAreReplayedAsOneRecord) {
    auto bad_genre = movie("5", "c\r\nd");
    bad_genre.replace(bad_genre.find("'id': 16"), 8, "'id': 'x'");
    put("m.csv", movies_header() + movie("2", "a\nb") + bad_genre + movie("z", "e\nf") + "7,\n");
    load_spec_ok(movies_spec("false"));
    EXPECT_EQ(open_rejects(), "7");
    EXPECT_EQ(outcome(replay_ok(movies_spec("true"))), "7 4 3 1");
    EXPECT_EQ(
        scalar("SELECT string_agg(id || ':' || overview, '|' ORDER BY id) FROM s.movies"),
        "2:a\nb|5:c\r\nd"
    );
    EXPECT_EQ(
        scalar("SELECT string_agg(line || ' ' || rule, '; ' ORDER BY id) FROM reel.quarantine "
               "WHERE replayed_at IS NULL"),
        "6 record; 7 record; 8 record; 4 type"
    );
    std::string mended = movies_spec("true");
    const std::string genre = R"("genre": {"from": "id", "type": "integer")";
    mended.insert(mended.find(genre) + genre.size(), R"(, "null_values": ["x"])");
    EXPECT_EQ(outcome(replay_ok(mended, {.filter = {.rule = "type"}})), "1 1 0 0");
    EXPECT_EQ(scalar("SELECT count(*) FROM s.genres"), "2");
}

TEST_F(RejoinTest, OverSeveralConnectionsNothingIsLost) {
    std::string file = "id,note,n,filler\n";
    constexpr int records = 120000;
    const std::string filler(180, 'f');
    for (int i = 0; i < records; ++i) {
        file += std::to_string(i) + ",a" + (i % 7 == 0 ? "\n" : "-") + "b," + std::to_string(i) +
                "," + filler + "\n";
    }
    put("t.csv", file + "x,\n");
    load_spec_ok(R"({"source": {"path": "t.csv", "rejoin": true}, "rejects": "99", "tables": {
        "t": {"into": "s.t", "key": ["id"], "columns": {
            "id": "integer", "note": "text", "n": "integer"}}}})");
    EXPECT_EQ(
        scalar("SELECT count(*) || ' ' || count(*) FILTER (WHERE note = E'a\\nb') || ' ' || "
               "bool_and(n = id) FROM s.t"),
        "120000 17143 true"
    );
    EXPECT_EQ(
        scalar("SELECT line || ' ' || record_number FROM reel.quarantine"),
        std::to_string(2 + records + 17143) + " " + std::to_string(1 + records + 17143)
    );
    EXPECT_TRUE(logged("connections"));
}

}  // namespace
}  // namespace reel::warehouse
