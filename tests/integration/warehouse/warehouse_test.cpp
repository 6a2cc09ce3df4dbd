#include "warehouse_test.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <fstream>

#include "support/test_cluster.hpp"

namespace reel::warehouse {

namespace {

namespace fs = std::filesystem;

Json value_of(const core::Result<core::JsonText>& result) {
    EXPECT_TRUE(result.has_value()) << result.error().describe();
    return result ? Json::parse(result->text) : Json();
}

core::Error error_of(const core::Result<core::JsonText>& result) {
    EXPECT_FALSE(result.has_value()) << result->text;
    return result ? core::Error{} : result.error();
}

}  // namespace

WarehouseTest::WarehouseTest() : uri(support::test_database()) {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    data_dir = fs::temp_directory_path() / fs::path(
                                               std::string("reel_") + test->test_suite_name() +
                                               "_" + test->name() + "_" + std::to_string(getpid())
                                           );
    fs::create_directories(data_dir);
}

WarehouseTest::~WarehouseTest() {
    std::error_code ignored;
    fs::remove_all(data_dir, ignored);
}

fs::path WarehouseTest::put(const std::string& name, const std::string& content) const {
    const auto path = data_dir / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

OperationContext WarehouseTest::context(const std::string& task) {
    OperationContext context;
    context.uri = uri;
    context.identity = {
        {core::DagId("movies"), core::RunId(run), core::TaskId(task), -1}, 1, attempt
    };
    context.data_dir = data_dir;
    context.staged = staged;
    context.log = [this](const std::string& line) { log.push_back(line); };
    return context;
}

Json WarehouseTest::stage_ok(const std::string& args) {
    const Json report = value_of(stage({args}, context()));
    if (report.is_object()) {
        for (const auto& [name, table] : report.at("tables").items()) {
            staged["stage." + name] = {
                table.at("physical"), {table.at("columns").dump()}, {table.at("key").dump()}
            };
        }
    }
    return report;
}

core::Error WarehouseTest::stage_error(const std::string& args) {
    return error_of(stage({args}, context()));
}

Json WarehouseTest::upsert_ok(const std::string& args) {
    return value_of(upsert({args}, context("upsert")));
}

core::Error WarehouseTest::upsert_error(const std::string& args) {
    return error_of(upsert({args}, context("upsert")));
}

Json WarehouseTest::quality_ok(const std::string& args) {
    return value_of(quality({args}, context("check")));
}

core::Error WarehouseTest::quality_error(const std::string& args) {
    return error_of(quality({args}, context("check")));
}

Json WarehouseTest::sql_ok(const std::string& sql) {
    return value_of(run_sql({Json{{"sql", sql}}.dump()}, context("sql")));
}

core::Error WarehouseTest::sql_error(const std::string& sql) {
    return error_of(run_sql({Json{{"sql", sql}}.dump()}, context("sql")));
}

std::string WarehouseTest::scalar(const std::string& sql) {
    postgres::Link link(uri);
    const auto rows = link.exec(sql);
    return rows.empty() ? "" : rows.at(0, std::size_t{0}).value_or("NULL");
}

fs::path WarehouseTest::server_socket() {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(uri.c_str(), nullptr), &PQconninfoFree
    );
    fs::path folder;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        const bool is_host = std::string_view(option->keyword) == "host";
        if (is_host && option->val != nullptr) folder = option->val;
    }
    return folder / (".s.PGSQL." + scalar("SHOW port"));
}

std::string WarehouseTest::uri_through(const fs::path& folder) const {
    return uri + (uri.contains('?') ? "&host=" : "?host=") + folder.string();
}

void WarehouseTest::exec(const std::string& sql) {
    postgres::Link link(uri);
    link.exec_script(sql);
}

std::string WarehouseTest::staging_tables() {
    return scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'reel_staging'");
}

bool WarehouseTest::logged(const std::string& text) const {
    for (const auto& line : log) {
        if (line.contains(text)) {
            return true;
        }
    }
    return false;
}

}  // namespace reel::warehouse
