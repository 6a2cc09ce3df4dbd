#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/args.hpp"

namespace reel::warehouse {

/// A new warehouse database and an empty data folder for each test, and short words for the
/// operations.
class WarehouseTest : public testing::Test {
  protected:
    WarehouseTest();
    ~WarehouseTest() override;

    /// Writes a file of the data folder.
    std::filesystem::path put(const std::string& name, const std::string& content) const;
    /// Identity of a task's attempt; `staged` holds what stage_ok made so far.
    OperationContext context(const std::string& task = "stage");

    /// The report of a stage task that must succeed; its tables become "stage.NAME".
    Json stage_ok(const std::string& args);
    core::Error stage_error(const std::string& args);
    Json upsert_ok(const std::string& args);
    core::Error upsert_error(const std::string& args);
    Json quality_ok(const std::string& args);
    core::Error quality_error(const std::string& args);
    Json sql_ok(const std::string& sql);
    core::Error sql_error(const std::string& sql);

    /// First cell of a query as text, "NULL" for NULL, "" for no row.
    std::string scalar(const std::string& sql);
    void exec(const std::string& sql);
    /// How many tables reel_staging has.
    std::string staging_tables();
    /// Whether a log line holds the text.
    [[nodiscard]] bool logged(const std::string& text) const;

    /// The database's Unix socket, and its URI through a socket in another folder.
    std::filesystem::path server_socket();
    [[nodiscard]] std::string uri_through(const std::filesystem::path& folder) const;

    std::string uri;
    std::filesystem::path data_dir;
    core::AttemptId attempt = 1;
    std::string run = "r1";
    std::map<std::string, StagedTable> staged;
    std::vector<std::string> log;
};

}  // namespace reel::warehouse
