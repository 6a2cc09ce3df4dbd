#include <gtest/gtest.h>

#include "parsing.hpp"
#include "reel/config/config.hpp"

namespace reel::dagfile {
namespace {

config::Config config_with(config::Environment environment) {
    environment.emplace("REEL_HOME", "/nonexistent/reel");
    return config::Config::load(environment).value();
}

TEST(ConfiguredLoadOptions, AreTheBuiltInOnesWhereNothingIsConfigured) {
    const LoadOptions options = load_options(config_with({}));
    const LoadOptions built_in;
    EXPECT_EQ(options.timezone, built_in.timezone);
    EXPECT_EQ(options.max_active_runs, built_in.max_active_runs);
    EXPECT_EQ(options.max_active_tasks, built_in.max_active_tasks);
    EXPECT_EQ(options.max_consecutive_failed_dag_runs, built_in.max_consecutive_failed_dag_runs);
    EXPECT_EQ(options.catchup_by_default, built_in.catchup_by_default);
    EXPECT_EQ(options.create_cron_data_intervals, built_in.create_cron_data_intervals);
    EXPECT_EQ(options.create_delta_data_intervals, built_in.create_delta_data_intervals);
}

TEST(ConfiguredLoadOptions, AreThoseOfTheConfigurationEachInItsPlace) {
    const LoadOptions options = load_options(config_with(
        {{"REEL__CORE__DEFAULT_TIMEZONE", "Asia/Tokyo"},
         {"REEL__CORE__MAX_ACTIVE_RUNS_PER_DAG", "3"},
         {"REEL__CORE__MAX_ACTIVE_TASKS_PER_DAG", "5"},
         {"REEL__CORE__MAX_CONSECUTIVE_FAILED_DAG_RUNS_PER_DAG", "7"}}
    ));
    EXPECT_EQ(options.max_consecutive_failed_dag_runs, 7);
    EXPECT_EQ(options.timezone, "Asia/Tokyo");
    EXPECT_EQ(options.max_active_runs, 3);
    EXPECT_EQ(options.max_active_tasks, 5);
    const auto only = [](const char* name) { return load_options(config_with({{name, "true"}})); };
    EXPECT_TRUE(only("REEL__SCHEDULER__CATCHUP_BY_DEFAULT").catchup_by_default);
    EXPECT_TRUE(only("REEL__SCHEDULER__CREATE_CRON_DATA_INTERVALS").create_cron_data_intervals);
    EXPECT_TRUE(only("REEL__SCHEDULER__CREATE_DELTA_DATA_INTERVALS").create_delta_data_intervals);
}

TEST(ConfiguredLoadOptions, GiveWayToWhatTheDagSays) {
    const LoadOptions options = load_options(config_with(
        {{"REEL__CORE__DEFAULT_TIMEZONE", "Asia/Tokyo"},
         {"REEL__CORE__MAX_ACTIVE_RUNS_PER_DAG", "3"}}
    ));
    const std::string text =
        "d:\n  timezone: Europe/Berlin\n  max_active_runs: 7\n  start_date: 2024-01-01\n"
        "  tasks: {a: {operator: empty}}\n";
    const LoadedFile file = parse_dag_file(
        {.text = text, .path = "/dags/x.yaml", .relative_path = "x.yaml", .defaults = {}}, options
    );
    ASSERT_EQ(file.dags.size(), 1U);
    EXPECT_EQ(file.dags[0].timezone, "Europe/Berlin");
    EXPECT_EQ(file.dags[0].max_active_runs, 7);
    EXPECT_EQ(core::format_api(*file.dags[0].start_date), "2023-12-31T23:00:00Z");
}

}  // namespace
}  // namespace reel::dagfile
