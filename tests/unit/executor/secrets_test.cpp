#include "executor/secrets.hpp"

#include <gtest/gtest.h>

namespace reel::executor {

TEST(SecretMask, ReplacesEveryOccurrence) {
    SecretMask mask;
    mask.add("hunter2");
    EXPECT_EQ(mask.apply("hunter2 and hunter2hunter2"), "*** and ******");
}

TEST(SecretMask, MasksTheLongerSecretFirst) {
    SecretMask mask;
    mask.add("pass");
    mask.add("password");
    EXPECT_EQ(mask.apply("password"), "***");
    EXPECT_EQ(mask.apply("passport"), "***port");
}

TEST(SecretMask, LeavesShortSecretsAlone) {
    SecretMask mask;
    mask.add("");
    mask.add("abc");
    EXPECT_EQ(mask.apply("abcdef"), "abcdef");
    EXPECT_TRUE(mask.secrets().empty());
}

TEST(SecretMask, KnowsASecretVariableByItsName) {
    SecretMask mask;
    mask.add_variable("FRED_API_KEY", "k-123456");
    mask.add_variable("region", "eu-west-1");
    EXPECT_EQ(mask.apply("k-123456 eu-west-1"), "*** eu-west-1");
}

TEST(PasswordOfUri, IsWhatStandsBetweenColonAndAt) {
    EXPECT_EQ(password_of_uri("postgresql://me:s3cret@host:5432/db"), "s3cret");
    EXPECT_EQ(password_of_uri("postgresql://me:p%40ss@/db?host=/run"), "p%40ss");
}

TEST(PasswordOfUri, IsEmptyWhereThereIsNone) {
    EXPECT_EQ(password_of_uri("postgresql://host:5432/db"), "");
    EXPECT_EQ(password_of_uri("postgresql://me@host:5432/db"), "");
    EXPECT_EQ(password_of_uri("postgresql:///db?host=/run"), "");
    EXPECT_EQ(password_of_uri("dbname=x"), "");
}

}  // namespace reel::executor
