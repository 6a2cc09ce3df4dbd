#include "warehouse/source/block_cutter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "warehouse/source/csv_scanner.hpp"

namespace reel::warehouse {
namespace {

using Texts = std::vector<std::string>;

Texts cut(const std::string& file, std::size_t block_bytes, const CsvOptions& options = {}) {
    MemorySource source(file, 3);
    BlockCutter cutter(source, options, {}, block_bytes);
    Texts blocks;
    while (const auto block = cutter.next().value()) blocks.emplace_back(block->text());
    if (cutter.has_rest()) blocks.push_back("rest: " + std::string(cutter.rest()));
    return blocks;
}

struct CutCase {
    std::string file;
    std::size_t block_bytes;
    Texts blocks;
};

class BlockCutterCut : public testing::TestWithParam<CutCase> {};

TEST_P(BlockCutterCut, IsBehindAWholeRecord) {
    EXPECT_EQ(cut(GetParam().file, GetParam().block_bytes), GetParam().blocks);
}

INSTANTIATE_TEST_SUITE_P(
    Files,
    BlockCutterCut,
    testing::Values(
        CutCase{"", 4, {}},
        CutCase{"a", 4, {"a"}},
        CutCase{"a\nb\nc", 4, {"a\nb\n", "c"}},
        CutCase{"a\nbcd\ne", 4, {"a\n", "bcd\n", "e"}},
        CutCase{"long one\nb\nanother\nc\n", 3, {"long one\nb\n", "another\nc\n"}},
        CutCase{"a\r\nb\r\n", 2, {"a\r\n", "b\r\n"}},
        CutCase{"a\rb\rc", 2, {"a\r", "b\rc"}},
        CutCase{"\"a\nb\"\nc\nd", 4, {"\"a\nb\"\nc\n", "d"}},
        CutCase{"\"a\"\"\nb\"\nc\n", 4, {"\"a\"\"\nb\"\n", "c\n"}},
        CutCase{"x\"\ny\"\n", 3, {"x\"\n", "y\"\n"}},
        CutCase{"\"x\"z\"\ny\"\n", 6, {"\"x\"z\"\n", "y\"\n"}},
        CutCase{"a\n\"open\nb\n", 4, {"a\n", "\"open\nb\n"}}
    )
);

TEST(BlockCutter, LeavesARecordThatIsTooLarge) {
    EXPECT_EQ(
        cut("a\n\"12345678\n1234\"\nb\n", 2, {.columns = {}, .max_record_bytes = 8}),
        (Texts{"a\n", "rest: \"12345678\n"})
    );
}

TEST(BlockCutter, TellsWhereABlockStandsAndWhetherItsQuotesAreClosed) {
    MemorySource source("cd\n\"e\n");
    const CsvOptions options;
    BlockCutter cutter(source, options, {.bytes = "ab\n", .line = 7, .offset = 100}, 4);
    const auto first = cutter.next().value();
    EXPECT_EQ(first->offset, 100U);
    EXPECT_EQ(first->sequence, 0U);
    EXPECT_FALSE(first->ends_in_quotes);
    const auto second = cutter.next().value();
    EXPECT_EQ(second->offset, 103U);
    EXPECT_EQ(second->sequence, 1U);
    const auto third = cutter.next().value();
    EXPECT_EQ(third->text(), "\"e\n");
    EXPECT_TRUE(third->ends_in_quotes);
    EXPECT_FALSE(cutter.next().value());
    EXPECT_FALSE(cutter.has_rest());
}

TEST(BlockCutter, UsesMemoryAgain) {
    MemorySource source("a\nb\nc\nd\n");
    BlockCutter cutter(source, {}, {}, 2);
    auto first = cutter.next().value();
    const char* const memory = first->bytes.get();
    static_cast<void>(cutter.next(std::move(*first)).value());
    EXPECT_EQ(cutter.next().value()->bytes.get(), memory);
}

/// Fails behind its bytes.
class FailingSource final : public ByteSource {
  public:
    core::Result<std::size_t> read(std::span<std::byte> into) override {
        if (read_++ > 0) return core::fail(core::Errc::unavailable, "the disk is gone");
        into[0] = std::byte{'x'};
        return 1;
    }

  private:
    int read_ = 0;
};

TEST(BlockCutter, PassesOnTheSourcesFailure) {
    FailingSource source;
    BlockCutter cutter(source, {}, {}, 2);
    EXPECT_EQ(cutter.next().error().message, "the disk is gone");
}

}  // namespace
}  // namespace reel::warehouse
