#include "warehouse/stage/plain_rows.hpp"

#include <gtest/gtest.h>

#include <array>

#include "warehouse/source/block_cutter.hpp"
#include "warehouse/stage/row_encoder.hpp"

namespace reel::warehouse {
namespace {

constexpr auto tables = R"json({"source": "a", "tables": {
  "one": {"key": "id", "columns": {
      "id": "integer",
      "name": {"type": "text", "empty_as_null": false},
      "value": {"type": "numeric(5,2)", "null_values": [".", "n/a"]}}},
  "two": {"columns": {
      "at": {"type": "timestamptz", "format": "epoch"},
      "id": {"type": "bigint", "not_null": true}}}
}})json";

class PlainRowsTest : public testing::Test {
  protected:
    void SetUp() override { use(tables); }
    void use(const std::string& text) {
        spec = parse_stage_spec({text}).value();
        bound = bind_columns(spec, header).value();
    }

    /// Rows of each table and record as "quick", when it is what the encoder of all spellings
    /// gives.
    std::vector<std::string> ways(const std::string& body) {
        const auto rows = PlainRows::of(bound, '"').value();
        MemorySource source(body);
        BlockCutter cutter(source, spec.csv, {});
        BlockReader reader(header, spec.csv);
        const auto block = cutter.next().value();
        reader.start(*block);
        std::vector<std::string> found;
        while (reader.next()) {
            for (std::size_t t = 0; t < bound.size(); ++t) {
                std::array<char, 500> into = {};
                char* const end =
                    rows.encode(t, *block, reader.begin(), reader.ends(), into.data());
                Record record;
                reader.read(record);
                std::string slow;
                const bool fits = !encode_row(bound[t], record, nullptr, slow).violation;
                const bool same = end != nullptr && fits && slow == std::string(into.data(), end);
                found.emplace_back(
                    end == nullptr ? (fits ? "slow" : "bad")
                    : same         ? "quick"
                                   : "WRONG"
                );
            }
        }
        return found;
    }

    const std::vector<std::string> header = {"id", "name", "value", "at"};
    StageSpec spec;
    std::vector<BoundTable> bound;
};

using Ways = std::vector<std::string>;

TEST_F(PlainRowsTest, EncodesAsTheRowEncoderDoes) {
    EXPECT_EQ(ways("1,x,2.5,0\n"), (Ways{"quick", "quick"}));
    EXPECT_EQ(ways("1,,,\n"), (Ways{"quick", "quick"}));
    EXPECT_EQ(ways("\"1\",\"a,\nb\",\"2.50\",\"7\"\n"), (Ways{"quick", "quick"}));
    EXPECT_EQ(ways("1,\"\",.,5"), (Ways{"quick", "quick"}));
    EXPECT_EQ(ways("1,x,n/a,5"), (Ways{"quick", "quick"}));
}

TEST_F(PlainRowsTest, LeavesRareSpellingsAndMistakesAlone) {
    EXPECT_EQ(ways(" 1,x,1e1,0\n"), (Ways{"slow", "slow"}));
    EXPECT_EQ(ways("1,\"a\"\"b\",1,1.5\n"), (Ways{"slow", "slow"}));
    EXPECT_EQ(ways("x,y,1,x\n"), (Ways{"bad", "bad"}));
    EXPECT_EQ(ways(",y,1,1\n"), (Ways{"bad", "bad"}));
    EXPECT_EQ(ways("1,y,1000,1\n"), (Ways{"bad", "quick"}));
}

TEST_F(PlainRowsTest, IsNotForListsOrTypesWithoutPlainSpellings) {
    use(R"({"source": "a", "tables": {"t": {"columns": {"id": "uuid"}}}})");
    EXPECT_FALSE(PlainRows::of(bound, '"'));
    use(R"({"source": "a", "tables": {"t": {"each": "name", "columns": {"id": "integer"}}}})");
    EXPECT_FALSE(PlainRows::of(bound, '"'));
}

}  // namespace
}  // namespace reel::warehouse
