#include "reel/core/callback.hpp"

#include <gtest/gtest.h>

namespace reel::core {
namespace {

TEST(CallbackWords, AreReadAsTheyAreWritten) {
    for (const CallbackEvent event :
         {CallbackEvent::execute,
          CallbackEvent::success,
          CallbackEvent::failure,
          CallbackEvent::retry,
          CallbackEvent::skipped,
          CallbackEvent::deadline}) {
        EXPECT_FALSE(to_string(event).empty());
        EXPECT_EQ(parse_callback_event(to_string(event)), event);
    }
    for (const CallbackKind kind : all_callback_kinds) {
        EXPECT_EQ(parse_callback_kind(to_string(kind)), kind);
    }
    for (const Deadline::Reference reference :
         {Deadline::Reference::dagrun_logical_date,
          Deadline::Reference::dagrun_queued_at,
          Deadline::Reference::fixed_datetime}) {
        EXPECT_EQ(parse_deadline_reference(to_string(reference)), reference);
    }
}

TEST(CallbackWords, OfNothingAreNone) {
    EXPECT_EQ(parse_callback_event("failed"), std::nullopt);
    EXPECT_EQ(parse_callback_event(""), std::nullopt);
    EXPECT_EQ(parse_callback_kind("sms"), std::nullopt);
    EXPECT_EQ(parse_deadline_reference("tomorrow"), std::nullopt);
}

TEST(CallbackWords, OfKindsNameEachOnce) {
    for (const CallbackKind one : all_callback_kinds) {
        for (const CallbackKind other : all_callback_kinds) {
            EXPECT_EQ(to_string(one) == to_string(other), one == other);
        }
    }
}

}  // namespace
}  // namespace reel::core
