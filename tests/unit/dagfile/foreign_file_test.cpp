#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

/// How many DAGs and mistakes a file has.
testing::AssertionResult gives(std::string_view text, std::size_t dags, std::size_t mistakes) {
    const LoadedFile loaded = parse_dag_file(text, "/dags/f.yaml", "f.yaml", {});
    if (loaded.dags.size() == dags && loaded.diagnostics.size() == mistakes) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure()
           << loaded.dags.size() << " DAGs, " << loaded.diagnostics.size() << " mistakes: " << text;
}

TEST(ForeignFile, OfDbtOrSodaIsNoDagFile) {
    for (const char* text : {
             "version: 2\nmodels: [{name: orders, columns: []}]\n",
             "models:\n  - name: orders\n",
             "version: 2\nsources: []\nexposures: [{name: e}]\n",
             "checks for orders:\n  - row_count > 0\n",
             "filter orders [day]:\n  where: a = 1\nchecks for orders [day]:\n  - row_count > 0\n",
             "for each dataset D:\n  datasets: [a]\n  checks: [row_count > 0]\n",
         }) {
        EXPECT_TRUE(gives(text, 0, 0));
    }
}

TEST(ForeignFile, WhatMayBeADagIsReadAsOne) {
    const std::string dag = "models: {schedule: none, tasks: [{task_id: t, operator: empty}]}\n";
    EXPECT_TRUE(gives(dag, 1, 0)) << "a DAG may have any name";
    EXPECT_TRUE(gives("version: 2\n", 0, 1));
    EXPECT_TRUE(gives("version: 2\n" + dag, 1, 1));
    EXPECT_TRUE(gives("models: [{name: a}]\nother: 3\n", 0, 2));
    EXPECT_TRUE(gives("checks for orders: []\nother: 3\n", 0, 2));
    EXPECT_TRUE(gives("checks of orders: []\n", 0, 1));
}

}  // namespace
}  // namespace reel::dagfile
