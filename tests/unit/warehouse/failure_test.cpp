#include "warehouse/failure.hpp"

#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using postgres::DatabaseError;
using postgres::FailureKind;

core::Errc code(FailureKind kind, const std::string& sqlstate) {
    return to_error(DatabaseError(kind, sqlstate, "m"), "w").code;
}

TEST(ToError, MakesWhatMayPassUnavailable) {
    EXPECT_EQ(code(FailureKind::transient, "40P01"), core::Errc::unavailable);
    EXPECT_EQ(code(FailureKind::transient, ""), core::Errc::unavailable);
    EXPECT_EQ(code(FailureKind::in_doubt, ""), core::Errc::unavailable);
}

TEST(ToError, TellsBadDataFromBadSql) {
    EXPECT_EQ(code(FailureKind::conflict, "23503"), core::Errc::conflict);
    EXPECT_EQ(code(FailureKind::bug, "22003"), core::Errc::corrupt_data);
    EXPECT_EQ(code(FailureKind::bug, "42P01"), core::Errc::invalid_argument);
    EXPECT_EQ(code(FailureKind::bug, "42501"), core::Errc::permission_denied);
    EXPECT_EQ(code(FailureKind::bug, "28P01"), core::Errc::permission_denied);
    EXPECT_EQ(code(FailureKind::bug, "57014"), core::Errc::timed_out);
    EXPECT_EQ(code(FailureKind::bug, "0A000"), core::Errc::unsupported);
    EXPECT_EQ(code(FailureKind::bug, ""), core::Errc::internal);
}

TEST(ToError, SaysWhatWhereAndWhatToDo) {
    const DatabaseError failure(FailureKind::conflict, "23503", "violates foreign key");
    const auto error = to_error(failure, "upsert into a.b");
    EXPECT_EQ(error.message, "violates foreign key");
    EXPECT_EQ(error.where, "upsert into a.b");
    EXPECT_FALSE(error.hint.empty());
}

TEST(Guarded, TurnsDatabaseExceptionsIntoValues) {
    const auto failed = guarded("here", []() -> core::Result<int> {
        throw DatabaseError(FailureKind::transient, "57P01", "terminated");
    });
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, core::Errc::unavailable);
    EXPECT_EQ(failed.error().where, "here");
    EXPECT_EQ(guarded("here", []() -> core::Result<int> { return 7; }).value(), 7);
}

}  // namespace

}  // namespace reel::warehouse
