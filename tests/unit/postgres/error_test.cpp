#include "reel/postgres/error.hpp"

#include <gtest/gtest.h>

#include "postgres/failure.hpp"

namespace reel::postgres {

namespace {

TEST(ClassifySqlstate, WhatTimeMendsIsTransient) {
    for (const char* state :
         {"08000",
          "08006",
          "40001",
          "40P01",
          "53100",
          "53200",
          "53300",
          "55P03",
          "57P01",
          "57P02",
          "57P03",
          ""}) {
        EXPECT_EQ(classify_sqlstate(state), FailureKind::transient) << state;
    }
}

TEST(ClassifySqlstate, ABrokenConstraintIsAConflict) {
    for (const char* state : {"23502", "23503", "23505", "23514", "23P01"}) {
        EXPECT_EQ(classify_sqlstate(state), FailureKind::conflict) << state;
    }
}

TEST(ClassifySqlstate, EverythingElseIsABug) {
    for (const char* state : {"42601", "42P01", "42501", "22012", "57014", "55006", "XX000", "x"}) {
        EXPECT_EQ(classify_sqlstate(state), FailureKind::bug) << state;
    }
}

TEST(ClassifyRefusal, AServerThatIsAwayOrStartingIsTransient) {
    for (const char* words :
         {"connection to server at \"db\", port 5432 failed: Connection refused",
          "FATAL:  the database system is starting up",
          "could not translate host name \"db\" to address: Temporary failure",
          "FATAL:  sorry, too many clients already",
          "connection to server on socket \"/x\" failed: No such file or directory"}) {
        EXPECT_EQ(classify_refusal(words), FailureKind::transient) << words;
    }
}

TEST(ClassifyRefusal, ARefusalThatStaysIsABug) {
    for (const char* words :
         {"FATAL:  password authentication failed for user \"ann\"",
          "fe_sendauth: no password supplied",
          "FATAL:  database \"movies\" does not exist",
          "FATAL:  role \"ann\" does not exist",
          "FATAL:  no pg_hba.conf entry for host \"1.2.3.4\"",
          "GSSAPI authentication not supported",
          "gssencmode value \"require\" invalid when GSSAPI support is not compiled in",
          "authentication method requirement \"scram-sha-256\" failed: server requested a "
          "cleartext "
          "password"}) {
        EXPECT_EQ(classify_refusal(words), FailureKind::bug) << words;
    }
}

TEST(TidyMessage, DropsSeverityAndBlankLines) {
    EXPECT_EQ(tidy_message("ERROR:  a\n\nLINE 1: b\n"), "a\nLINE 1: b");
    EXPECT_EQ(tidy_message("FATAL:  a"), "a");
    EXPECT_EQ(tidy_message(""), "");
}

TEST(TidyMessage, ShowsNoWholeRows) {
    EXPECT_EQ(
        tidy_message("ERROR:  null value\nDETAIL:  Failing row contains (1, hunter2).\nHINT:  x"),
        "null value\nHINT:  x"
    );
}

}  // namespace

}  // namespace reel::postgres
