#include "warehouse/stage/rejoiner.hpp"

#include <gmock/gmock.h>

#include <random>

#include "recording_sink.hpp"
#include "warehouse/source/block_cutter.hpp"
#include "warehouse/source/block_reader.hpp"
#include "warehouse/source/csv_file.hpp"

namespace reel::warehouse {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What became of a file: rows as "fields", rejects as "number line offset raw".
struct Mended {
    std::vector<std::string> rows;
    std::vector<std::string> rejects;
    std::uint64_t rejoined = 0;
    std::uint64_t records = 0;

    bool operator==(const Mended&) const = default;
};

class MendingSink final : public RowSink {
  public:
    explicit MendingSink(Mended& mended) : mended_(mended) {}
    void add_row(std::size_t, std::string_view fields) override {
        mended_.rows.push_back(readable(fields));
    }
    void reject(const Rejection& rejection) override {
        const Record& record = rejection.record;
        mended_.rejects.push_back(
            std::to_string(record.number + numbers) + " " + std::to_string(record.line + lines) +
            " " + std::to_string(record.offset) + " " + std::string(record.raw)
        );
    }

    std::uint64_t numbers = 0;
    std::uint64_t lines = 0;

  private:
    Mended& mended_;
};

class RejoinerTest : public testing::Test {
  protected:
    RejoinerTest() { use(R"({"a": "integer", "b": "text", "c": "integer", "d": "text"})"); }

    void use(const std::string& columns) {
        spec_ = parse_stage_spec(
                    {R"({"source": {"path": "x", "rejoin": true}, "tables": {"t": {"columns": )" +
                     columns + "}}}"}
        )
                    .value();
    }
    /// All of a file by a lane's way through blocks of a size.
    Mended in_blocks(const std::string& text, std::size_t block_bytes) {
        MemorySource source(text, 5);
        auto reader = CsvReader::open(source, spec_.csv).value();
        CsvOptions options = spec_.csv;
        options.fields = reader.header().size();
        const auto tables = bind_columns(spec_, reader.header()).value();
        const auto begun = reader.hand_over().value();
        BlockCutter cutter(source, options, begun, block_bytes);
        Mended mended;
        MendingSink sink(mended);
        RecordRouter router(tables, sink);
        Rejoiner rejoiner(router, options.fields);
        BlockReader blocks(reader.header(), options);
        sink.lines = begun.line - 1;
        Record record;
        while (auto block = cutter.next().value()) {
            blocks.start(*block);
            while (blocks.next()) {
                blocks.read(record);
                std::string_view behind;
                if (const auto& front = rejoiner.front()) {
                    behind =
                        block->text().substr(front->offset + front->raw.size() - block->offset);
                }
                rejoiner.take(record, behind);
            }
            rejoiner.flush();
            sink.numbers += blocks.counts().records;
            sink.lines += blocks.line_ends();
        }
        mended.rejoined = rejoiner.rejoined();
        mended.records = router.account().records_read;
        return mended;
    }
    /// All of it by one reader.
    Mended in_one(const std::string& text) {
        MemorySource source(text);
        auto reader = CsvReader::open(source, spec_.csv).value();
        const auto tables = bind_columns(spec_, reader.header()).value();
        Mended mended;
        MendingSink sink(mended);
        RecordRouter router(tables, sink);
        Rejoiner rejoiner(router, reader.header().size());
        Record record;
        while (reader.next(record).value()) rejoiner.take(record, {});
        rejoiner.flush();
        mended.rejoined = rejoiner.rejoined();
        mended.records = router.account().records_read;
        return mended;
    }
    Mended mend(const std::string& text) {
        const auto mended = in_one(text);
        for (const std::size_t block_bytes : {1, 2, 3, 7, 16, 40, 1000}) {
            EXPECT_EQ(in_blocks(text, block_bytes).rows, mended.rows) << block_bytes;
            EXPECT_EQ(in_blocks(text, block_bytes).rejects, mended.rejects) << block_bytes;
            EXPECT_EQ(in_blocks(text, block_bytes), mended) << block_bytes;
        }
        return mended;
    }

    StageSpec spec_;
};

TEST_F(RejoinerTest, JoinsTwoPartsAtAnyBorder) {
    const auto mended = mend("a,b,c,d\n1,x,1,y\n2,one\ntwo,2,z\n3,x,3,y\n");
    EXPECT_THAT(mended.rows, ElementsAre("1|x|1|y", "2|one\ntwo|2|z", "3|x|3|y"));
    EXPECT_THAT(mended.rejects, IsEmpty());
    EXPECT_EQ(mended.rejoined, 1U);
    EXPECT_EQ(mended.records, 3U);
}

TEST_F(RejoinerTest, KeepsTheLineEndThatStoodThere) {
    EXPECT_THAT(mend("a,b,c,d\r\n2,one\r\ntwo,2,z\r\n").rows, ElementsAre("2|one\r\ntwo|2|z"));
    const std::string old = "a,b,c,d\r2,one\rtwo,2,z\r";
    EXPECT_THAT(in_blocks(old, 5).rows, ElementsAre("2|one\rtwo|2|z"));
}

TEST_F(RejoinerTest, BreaksInTheFirstAndLastColumn) {
    EXPECT_THAT(mend("a,b,c,d\n1,x,1,y\nz\n4,q,4,w\n").rejects, ElementsAre("2 3 16 z"))
        << "the front is a whole record";
    use(R"({"a": "text", "b": "text", "c": "integer", "d": "text"})");
    EXPECT_THAT(mend("a,b,c,d\none\ntwo,x,1,y\n").rejects, ElementsAre("1 2 8 one"))
        << "the rest is a whole record";
    EXPECT_THAT(mend("a,b,c,d\none,\n,1,y\n").rows, ElementsAre("one|\n|1|y"));
}

TEST_F(RejoinerTest, PartsThatDoNotFitStayApart) {
    EXPECT_THAT(
        mend("a,b,c,d\n2,one\ntwo,x,z\n").rejects, ElementsAre("1 2 8 2,one", "2 3 14 two,x,z")
    ) << "x is no integer";
    EXPECT_THAT(
        mend("a,b,c,d\n2,one\n\ntwo,2,z\n").rejects, ElementsAre("1 2 8 2,one", "2 4 15 two,2,z")
    ) << "a line is between them";
    EXPECT_THAT(mend("a,b,c,d\n2,one,\ntwo,2,z\n").rows, IsEmpty()) << "five fields";
    EXPECT_THAT(mend("a,b,c,d\n2\none\ntwo,2\nz\n").rows, IsEmpty()) << "more than two parts";
    EXPECT_THAT(mend("a,b,c,d\n2,\"one\"\ntwo,2,z\n").rows, IsEmpty()) << "it was quoted";
    EXPECT_THAT(mend("a,b,c,d\n2,one\n\"two\",2,z\n").rows, IsEmpty());
    EXPECT_THAT(mend("a,b,c,d\n2,one\nt\"wo,2,z\n").rows, IsEmpty()) << "a stray quote";
    EXPECT_THAT(mend("a,b,c,d\n2,one\nt\xffwo,2,z\n").rows, IsEmpty()) << "no UTF-8";
}

TEST_F(RejoinerTest, GoesOnWithTheNextPair) {
    const auto mended = mend("a,b,c,d\nx,y\n1,one\ntwo,2,z\n3,4\n");
    EXPECT_THAT(mended.rows, ElementsAre("1|one\ntwo|2|z"));
    EXPECT_THAT(mended.rejects, ElementsAre("1 2 8 x,y", "4 5 26 3,4"));
}

TEST_F(RejoinerTest, AllOfAFileMayBeParts) {
    use(R"({"a": "integer", "b": "text", "c": "integer"})");
    std::string text = "a,b,c\n";
    for (int i = 0; i < 50; ++i) text += std::to_string(i) + ",x\ny,1\n";
    const auto mended = mend(text);
    EXPECT_EQ(mended.rows.size(), 50U);
    EXPECT_EQ(mended.rejoined, 50U);
}

TEST_F(RejoinerTest, QuotedBreaksCommentsAndBlankLinesAreWhatTheyWere) {
    spec_.csv.comment = '#';
    const auto mended =
        mend("a,b,c,d\n1,\"x\ny\",1,\"z,\"\"\"\n#,,\n\n2,one\ntwo,2,\"q\nr\"\n3,x\n#no\ny,3,z\n");
    EXPECT_THAT(mended.rows, ElementsAre("1|x\ny|1|z,\"", "2|one\ntwo|2|q\nr"));
    EXPECT_EQ(mended.rejects.size(), 2U) << "a comment is between them";
}

TEST_F(RejoinerTest, AGeneratedFileIsMendedTheSameHoweverItIsCut) {
    std::mt19937 random(5);
    const auto below = [&](int limit) { return static_cast<int>(random() % limit); };
    const std::vector<std::string> lines{
        "1,one,1,d",
        "2,a",
        "b,2,d",
        "3,\"q\nq\",3,d",
        "4",
        "x,y,4,d",
        "\"5\",a",
        "b,x,d",
        "#",
        "",
        "6,a,6,\"d\"",
        "7,\"a\"\"\"",
        ",7,",
        "8,",
        ",8,d"
    };
    for (int round = 0; round < 300; ++round) {
        std::string text = "a,b,c,d\n";
        for (int i = 0; i < 30; ++i) text += lines[static_cast<std::size_t>(below(15))] + "\n";
        const auto one = in_one(text);
        for (const std::size_t block_bytes : {1, 5, 13, 33, 100}) {
            const auto cut = in_blocks(text, block_bytes);
            ASSERT_EQ(cut.rows, one.rows) << text;
            ASSERT_EQ(cut.rejects, one.rejects) << text;
            ASSERT_EQ(cut, one) << text;
        }
    }
}

TEST(RejoinOption, IsOfCsv) {
    const auto spec = [](const std::string& source) {
        return parse_stage_spec(
            {R"({"source": )" + source + R"(, "tables": {"t": {"columns": {"a": {}}}}})"}
        );
    };
    EXPECT_TRUE(spec(R"({"path": "x", "rejoin": true})").value().csv.rejoin);
    EXPECT_FALSE(spec(R"({"path": "x"})").value().csv.rejoin);
    const auto wrong = spec(R"({"path": "x", "format": "jsonl", "rejoin": true})");
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().describe(), testing::HasSubstr("rejoin: goes with csv and tsv"));
}

}  // namespace
}  // namespace reel::warehouse
