#include "reel/core/did_you_mean.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace reel::core {
namespace {

const std::vector<std::string>& keys() {
    static const std::vector<std::string> words{"retries", "retry_delay", "pool", "queue", "sql"};
    return words;
}

TEST(NearestWords, AreFoundThroughOneSlipOfTheFinger) {
    EXPECT_EQ(nearest_word("retrys", keys()), "retries");
    EXPECT_EQ(nearest_word("retires", keys()), "retries");
    EXPECT_EQ(nearest_word("RETRY_DELAY", keys()), "retry_delay");
    EXPECT_EQ(nearest_word("retry_dela", keys()), "retry_delay");
    EXPECT_EQ(nearest_word("poool", keys()), "pool");
}

TEST(NearestWords, AreNotGuessedFromAfar) {
    EXPECT_EQ(nearest_word("bash_command", keys()), std::nullopt);
    EXPECT_EQ(nearest_word("x", keys()), std::nullopt);
    EXPECT_EQ(nearest_word("retries", {}), std::nullopt);
}

TEST(NearestWords, AreOfferedAsAQuestion) {
    EXPECT_EQ(did_you_mean("quue", keys()), "did you mean 'queue'?");
    EXPECT_EQ(did_you_mean("nothing like it", keys()), "");
}

}  // namespace
}  // namespace reel::core
