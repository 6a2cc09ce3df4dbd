#include "postgres/conninfo.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reel/postgres/error.hpp"
#include "reel/postgres/link.hpp"

namespace reel::postgres {

namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Conninfo, TakesAUriApart) {
    const Conninfo conninfo("postgresql://ann:p%40ss@db.example:5433/movies?sslmode=require");
    EXPECT_EQ(
        conninfo.text(),
        "dbname='movies' host='db.example' password='p@ss' port='5433' sslmode='require' "
        "user='ann'"
    );
}

TEST(Conninfo, TakesKeysAndValues) {
    EXPECT_EQ(Conninfo("host=/tmp dbname=x").text(), "dbname='x' host='/tmp'");
    EXPECT_EQ(Conninfo("").text(), "");
}

TEST(Conninfo, SaysHowLongTheNetworkIsWaitedForUnlessTheUriDoes) {
    EXPECT_EQ(limit_network_silence("host=a"), "host='a' tcp_user_timeout='20000'");
    EXPECT_EQ(limit_network_silence("host=a tcp_user_timeout=0"), "host='a' tcp_user_timeout='0'");
}

TEST(Conninfo, QuotesWhatItGives) {
    EXPECT_EQ(Conninfo(R"(dbname='it\'s \\ x')").text(), R"(dbname='it\'s \\ x')");
}

TEST(Conninfo, ADefaultGivesWayToWhatIsGiven) {
    Conninfo conninfo("postgresql:///x?application_name=mine");
    conninfo.set_default("application_name", "reel");
    conninfo.set_default("connect_timeout", "5");
    EXPECT_EQ(conninfo.text(), "application_name='mine' connect_timeout='5' dbname='x'");
}

TEST(Conninfo, KeepsThePasswordOutOfMessages) {
    const Conninfo conninfo("postgresql://ann:hunter2@db/x");
    EXPECT_EQ(conninfo.redact("hunter2 is wrong: hunter2"), "*** is wrong: ***");
    EXPECT_EQ(Conninfo("host=db").redact("nothing to hide"), "nothing to hide");
    EXPECT_EQ(Conninfo("host=db password=''").redact("nothing"), "nothing");
}

TEST(Conninfo, RefusesOtherTextWithoutQuotingIt) {
    for (const char* text : {"postgresql://u:hunter2@[::1/x", "hunter2", "postgresql://a:%zz@b/"}) {
        try {
            const Conninfo conninfo(text);
            ADD_FAILURE() << text;
        } catch (const DatabaseError& error) {
            EXPECT_EQ(error.kind(), FailureKind::bug);
            EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
            EXPECT_THAT(error.what(), Not(HasSubstr("zz")));
        }
    }
}

}  // namespace

}  // namespace reel::postgres
