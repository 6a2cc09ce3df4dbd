#include "types_wire_reader.hpp"
#include "warehouse/types/binary_copy.hpp"

namespace reel::warehouse {
namespace {

const std::string signature("PGCOPY\n\xFF\r\n\0", 11);

/// Every tuple of a complete stream, fields with | between them.
std::vector<std::string> decode(std::string_view stream) {
    WireReader reader(stream);
    EXPECT_EQ(reader.take(11), signature);
    EXPECT_EQ(reader.integer(4), 0);
    EXPECT_EQ(reader.integer(4), 0);
    std::vector<std::string> tuples;
    for (std::int64_t fields = reader.integer(2); fields != -1; fields = reader.integer(2)) {
        std::string& tuple = tuples.emplace_back();
        for (; fields > 0; --fields) tuple += reader.field().value_or("NULL") + '|';
    }
    EXPECT_TRUE(reader.at_end());
    return tuples;
}

class BinaryCopyStream : public testing::Test {
  protected:
    /// Adds (text, NULL).
    void add(std::string_view text) {
        copy_.begin_tuple(2);
        ASSERT_TRUE(text_.encode(text, copy_.buffer()));
        encode_null(copy_.buffer());
        copy_.commit_tuple();
    }
    FieldEncoder text_ = FieldEncoder::make({}).value();
    BinaryCopy copy_ = BinaryCopy(100);
};

TEST_F(BinaryCopyStream, HasHeaderTuplesAndTrailer) {
    add("x");
    add("");
    copy_.finish();
    EXPECT_EQ(decode(copy_.take()), (std::vector<std::string>{"x|NULL|", "|NULL|"}));
    EXPECT_EQ(copy_.tuples(), 2U);
}

TEST_F(BinaryCopyStream, IsValidWithoutTuples) {
    copy_.finish();
    EXPECT_EQ(decode(copy_.take()), std::vector<std::string>{});
    EXPECT_EQ(copy_.tuples(), 0U);
}

TEST_F(BinaryCopyStream, ForgetsADroppedTuple) {
    add("a");
    copy_.begin_tuple(2);
    ASSERT_TRUE(text_.encode(std::string_view("half"), copy_.buffer()));
    copy_.drop_tuple();
    add("b");
    copy_.finish();
    EXPECT_EQ(decode(copy_.take()), (std::vector<std::string>{"a|NULL|", "b|NULL|"}));
    EXPECT_EQ(copy_.tuples(), 2U);
}

TEST_F(BinaryCopyStream, TakesTuplesThatWereEncodedElsewhere) {
    std::string fields;
    ASSERT_TRUE(text_.encode(std::string_view("kept"), fields));
    copy_.add_tuple(1, fields);
    copy_.finish();
    EXPECT_EQ(decode(copy_.take()), (std::vector<std::string>{"kept|"}));
}

TEST_F(BinaryCopyStream, ComesInPiecesThatMakeOneStream) {
    std::string stream;
    int pieces = 0;
    for (int i = 0; i < 50; ++i) {
        EXPECT_FALSE(copy_.wants_flush());
        add("value " + std::to_string(i));
        if (copy_.wants_flush()) {
            stream += copy_.take();
            ++pieces;
        }
    }
    copy_.finish();
    stream += copy_.take();
    EXPECT_GT(pieces, 5);
    const auto tuples = decode(stream);
    ASSERT_EQ(tuples.size(), 50U);
    EXPECT_EQ(tuples.back(), "value 49|NULL|");
}

TEST_F(BinaryCopyStream, KeepsAnOpenTupleOutOfWhatIsTaken) {
    add("a");
    copy_.begin_tuple(1);
    std::string stream = copy_.take();
    ASSERT_TRUE(text_.encode(std::string_view("b"), copy_.buffer()));
    copy_.commit_tuple();
    copy_.finish();
    stream += copy_.take();
    EXPECT_EQ(decode(stream), (std::vector<std::string>{"a|NULL|", "b|"}));
}

}  // namespace
}  // namespace reel::warehouse
