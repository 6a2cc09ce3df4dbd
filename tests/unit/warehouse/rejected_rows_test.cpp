#include "warehouse/stage/rejected_rows.hpp"

#include <gmock/gmock.h>

#include "types_wire_reader.hpp"

namespace reel::warehouse {

namespace {

using testing::HasSubstr;
using testing::Not;

class RejectedRowsTest : public testing::Test {
  protected:
    void SetUp() override {
        record.number = 12;
        record.line = 34;
        record.offset = 560;
        record.raw = "a,\xff";
        record.raw_size = 3;
    }
    [[nodiscard]] Rejection rejection(const std::string& value = "v") const {
        return {record, "movies", 2, {"id", "type", "integer: no", value}};
    }
    Record record;
    RejectedRows rows;
};

std::string number(char last, std::size_t size) {
    std::string bytes(size + 4, '\0');
    bytes[3] = static_cast<char>(size);
    bytes.back() = last;
    return bytes;
}

TEST_F(RejectedRowsTest, HoldWhereWhatAndWhy) {
    rows.add(rejection("\xff"));
    ASSERT_EQ(rows.size(), 1U);
    const auto row = rows.bytes(0, 1);
    EXPECT_THAT(row, HasSubstr("integer: no"));
    EXPECT_THAT(row, HasSubstr(std::string("\0\0\0\3a,\xff", 7)));
    EXPECT_THAT(row, HasSubstr("\\xff"));
    EXPECT_THAT(row, HasSubstr(number(34, 8) + number(12, 8)));
}

TEST_F(RejectedRowsTest, LearnWhatIsInFrontAndWhereTheyLie) {
    rows.add(rejection("first"));
    rows.add(rejection("second"));
    rows.move_behind(5, 6);
    rows.put_into(7, 8, 0, 1);
    rows.put_into(9, 1, 1, 1);
    EXPECT_THAT(rows.bytes(0, 1), HasSubstr("first"));
    EXPECT_THAT(rows.bytes(0, 1), Not(HasSubstr("second")));
    EXPECT_EQ(
        rows.bytes(0, 1).substr(0, 42),
        std::string("\0\x0d", 2) + number(7, 4) + number(8, 4) + number(40, 8) + number(17, 8)
    );
    EXPECT_EQ(
        rows.bytes(1, 1).substr(0, 42),
        std::string("\0\x0d", 2) + number(9, 4) + number(1, 4) + number(40, 8) + number(17, 8)
    );
    EXPECT_EQ(rows.bytes(0, 2).size(), rows.bytes(0, 1).size() + rows.bytes(1, 1).size());
}

TEST_F(RejectedRowsTest, MayStandInFrontOfWhereTheyWereRead) {
    rows.add(rejection());
    rows.move_behind(0, static_cast<std::uint64_t>(-4));
    EXPECT_THAT(rows.bytes(0, 1), HasSubstr(number(30, 8) + number(12, 8)));
}

}  // namespace

}  // namespace reel::warehouse
