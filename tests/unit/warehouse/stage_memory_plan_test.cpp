#include "warehouse/stage/memory_plan.hpp"

#include <gmock/gmock.h>

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

constexpr std::uint64_t mib = 1U << 20U;

TEST(MemoryPlan, IsWhatIsUsualWithoutALimit) {
    const auto plan = plan_memory({.connections = 2, .tables = 1}).value();
    EXPECT_EQ(plan.connections, 2U);
    EXPECT_EQ(plan.block_bytes, mib);
    EXPECT_EQ(plan.max_record_bytes, 64 * mib);
    EXPECT_EQ(plan.buffers, 6 * mib + 2 * (128U << 10U));
    EXPECT_EQ(describe(plan, {}), "2 connections, at most 6.6 MB in buffers");
}

TEST(MemoryPlan, KeepsWhatIsUsualUnderAWideLimit) {
    const MemoryWish wish = {.limit = 4096 * mib, .used = 20 * mib, .connections = 4, .tables = 3};
    const auto plan = plan_memory(wish).value();
    EXPECT_EQ(plan.connections, 4U);
    EXPECT_EQ(plan.block_bytes, mib);
    EXPECT_GT(plan.max_record_bytes, 30 * mib);
    EXPECT_GT(plan.spare, 1000 * mib);
}

TEST(MemoryPlan, MakesBlocksSmallerBeforeItGivesUpConnections) {
    const auto plan_of = [](std::uint64_t limit) {
        return plan_memory({.limit = limit * mib, .used = 20 * mib, .connections = 4}).value();
    };
    EXPECT_EQ(plan_of(120).connections, 4U);
    EXPECT_EQ(plan_of(120).block_bytes, mib);
    EXPECT_EQ(plan_of(80).connections, 4U);
    EXPECT_LT(plan_of(80).block_bytes, mib);
    EXPECT_LT(plan_of(50).connections, 4U);
    for (std::uint64_t limit = 44; limit < 200; ++limit) {
        const auto plan = plan_of(limit);
        EXPECT_LT(plan.buffers, (limit - 20) * mib);
        EXPECT_LE(plan.max_bytes_out, 9 * plan.block_bytes);
        EXPECT_GE(plan.max_record_bytes, 256U << 10U);
        EXPECT_GE(plan.connections, plan_of(limit - 1).connections) << limit;
    }
}

TEST(MemoryPlan, SaysWhatWouldBeEnough) {
    const auto refused = plan_memory({.limit = 10 * mib, .used = 20 * mib, .tables = 2});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::Errc::invalid_argument);
    EXPECT_THAT(refused.error().message, HasSubstr("a memory limit of 10.5 MB is too small"));
    EXPECT_THAT(refused.error().message, HasSubstr("for 2 tables"));
    ASSERT_TRUE(refused.error().hint.starts_with("--memory-limit "));
    const auto enough = std::stoull(refused.error().hint.substr(15)) * 1'000'000;
    EXPECT_TRUE(plan_memory({.limit = enough, .used = 20 * mib, .tables = 2}));
    EXPECT_FALSE(plan_memory({.limit = enough - 2'000'000, .used = 20 * mib, .tables = 2}));
}

TEST(MemoryPlan, IsTold) {
    const MemoryWish wish = {.limit = 50'000'000, .used = 20'000'000};
    EXPECT_THAT(
        describe(plan_memory(wish).value(), wish),
        HasSubstr(
            "; the limit is 50.0 MB, of which the program itself takes 20.0 MB; a record may have "
        )
    );
}

TEST(MemoryPlan, KnowsWhatTheProcessTakes) {
    EXPECT_GT(resident_bytes(), mib);
    EXPECT_GE(peak_resident_bytes(), resident_bytes());
}

}  // namespace

}  // namespace reel::warehouse
