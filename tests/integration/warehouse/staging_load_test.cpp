#include "warehouse/stage/staging_load.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "warehouse/registry.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/source/csv_file.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

/// Several connections fill one table, whatever this machine has.
class StagingLoadTest : public WarehouseTest {
  protected:
    void SetUp() override {
        spec = parse_stage_spec({R"({"source": "t.csv", "rejects": "100%", "tables": {
            "t": {"key": "id", "columns": {"id": "integer", "name": "text"}},
            "list": {"each": "list", "key": "v", "columns": {"v": {"from": "v", "type": "integer"}}}
        }})"})
                   .value();
    }

    struct Opened {
        explicit Opened(StagingLoadTest& test, const std::string& content)
            : source(content),
              file(CsvFile::open(source, test.spec.csv).value()),
              tables(bind_columns(test.spec, file->header()).value()),
              context(test.context()),
              link(test.uri) {
            ensure_schema(link);
        }
        StagingLoadSetup setup(const StageSpec& spec, std::size_t connections) {
            memory = plan_memory({.connections = connections}).value();
            return {
                tables,
                context,
                "t.csv",
                file->header(),
                spec,
                memory,
                [](const ReadCounts&) {},
                checks
            };
        }

        MemoryPlan memory;
        MemorySource source;
        std::unique_ptr<RecordFile> file;
        std::vector<BoundTable> tables;
        std::vector<TableChecks> checks = std::vector<TableChecks>(tables.size());
        OperationContext context;
        postgres::Link link;
    };

    /// Every id twice, the second time at the other end of a file of several blocks.
    static std::string content() {
        std::string text = "id,name,list\n";
        for (int i = 0; i < rows; ++i) text += line(i, "first");
        text += "x,\"not\na number\",\n";
        for (int i = 0; i < rows; ++i) text += line(i, "last");
        return text + "1,2\n";
    }
    static std::string line(int id, const char* name) {
        return fmt::format("{},{} {:>40},\"[{{'v': {}}}]\"\n", id, name, id, id % 7);
    }
    static constexpr int rows = 40'000;

    std::string physical(const std::string& table) {
        return staging_table(context().identity, table);
    }
    void work(Opened& opened, std::size_t connections, core::Result<core::JsonText>& done) {
        StagingLoad load(opened.link, opened.setup(spec, connections));
        ASSERT_TRUE(load.read("t.csv", *opened.file));
        load.set_content({"abc", 1});
        done = load.finish();
    }

    StageSpec spec;
};

TEST_F(StagingLoadTest, KeepsTheOrderOfTheFileWithAnyNumberOfConnections) {
    for (const std::size_t connections : {1, 3}) {
        Opened opened(*this, content());
        core::Result<core::JsonText> done;
        work(opened, connections, done);
        const auto report = Json::parse(done.value().text);
        EXPECT_EQ(report["records_read"], 2 * rows + 2);
        EXPECT_EQ(report["tables"]["t"]["staged"], rows);
        EXPECT_EQ(report["tables"]["t"]["duplicates"], rows);
        EXPECT_EQ(report["tables"]["t"]["quarantined"], 2);
        EXPECT_EQ(report["tables"]["list"]["staged"], 7);
        EXPECT_EQ(report["tables"]["list"]["duplicates"], 2 * rows - 7);
        EXPECT_EQ(
            scalar(
                "SELECT count(*) || ' ' || count(DISTINCT id) || ' ' || sum(id) FROM " +
                physical("t") + " WHERE name LIKE 'last %'"
            ),
            fmt::format("{} {} {}", rows, rows, std::int64_t{rows} * (rows - 1) / 2)
        );
        ++attempt;
    }
}

TEST_F(StagingLoadTest, FindsTheOneDuplicateOfAFileThatIsSortedByItsKey) {
    std::string sorted = "id,name,list\n";
    for (int i = 0; i < rows; ++i) {
        sorted += line(i, "first");
    }
    for (const std::string& more : {std::string(), line(rows - 1, "last"), line(7, "last")}) {
        Opened opened(*this, sorted + more);
        core::Result<core::JsonText> done;
        work(opened, 2, done);
        const auto report = Json::parse(done.value().text)["tables"]["t"];
        EXPECT_EQ(report["staged"], rows);
        EXPECT_EQ(report["duplicates"], more.empty() ? 0 : 1);
        EXPECT_EQ(
            scalar(
                "SELECT dead_share > 0 FROM reel.staged_tables WHERE physical = '" + physical("t") +
                "'"
            ),
            more.empty() ? "f" : "t"
        ) << "rows in order need no number";
        EXPECT_EQ(
            scalar(
                "SELECT count(DISTINCT id) || ' ' || count(*) FILTER (WHERE name LIKE 'last %') "
                "FROM " +
                physical("t")
            ),
            fmt::format("{} {}", rows, more.empty() ? 0 : 1)
        );
        EXPECT_EQ(
            scalar("SELECT count(*) FROM information_schema.columns WHERE column_name = "
                   "'_reel_row'"),
            "0"
        );
        ++attempt;
    }
}

TEST_F(StagingLoadTest, NumbersRejectsAsTheyStandInTheFile) {
    Opened opened(*this, content());
    core::Result<core::JsonText> done;
    work(opened, 3, done);
    ASSERT_TRUE(done);
    EXPECT_EQ(
        scalar("SELECT string_agg(line || ':' || record_number || ':' || column_name || ':' || "
               "encode(raw, 'escape'), ' ' ORDER BY id) FROM reel.quarantine WHERE column_name IS "
               "NOT NULL"),
        fmt::format("{}:{}:id:x,\"not\na number\",", rows + 2, rows + 1)
    );
    EXPECT_EQ(
        scalar("SELECT line || ':' || record_number || ':' || encode(raw, 'escape') FROM "
               "reel.quarantine ORDER BY id DESC LIMIT 1"),
        fmt::format("{}:{}:1,2", 2 * rows + 4, 2 * rows + 2)
    );
    EXPECT_THAT(log.front(), testing::HasSubstr(fmt::format("line {}", rows + 2)));
}

TEST_F(StagingLoadTest, ShowsNoTableBeforeItIsWhole) {
    Opened opened(*this, content());
    {
        StagingLoad load(opened.link, opened.setup(spec, 2));
        ASSERT_TRUE(load.read("t.csv", *opened.file));
        postgres::Link other(uri);
        EXPECT_FALSE(find_registered(other, physical("t")));
        EXPECT_EQ(staging_tables(), "2");
        // Who cleans up leaves alone what is being filled.
        EXPECT_EQ(drop_staged(uri, core::DagId("movies"), core::RunId(run), {}).value(), 0);
        load.set_content({"abc", 1});
        ASSERT_TRUE(load.finish());
        EXPECT_EQ(find_registered(other, physical("t"))->rows, rows);
    }
    EXPECT_EQ(staging_tables(), "2");
}

TEST_F(StagingLoadTest, LeavesNothingWhenItIsGivenUp) {
    Opened opened(*this, content());
    {
        StagingLoad load(opened.link, opened.setup(spec, 3));
        ASSERT_TRUE(load.read("t.csv", *opened.file));
    }
    EXPECT_EQ(staging_tables(), "0");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.staged_tables"), "0");
}

TEST_F(StagingLoadTest, LeavesNothingWhenTheServerRefusesARow) {
    spec.tables[0].columns[0].encoder = FieldEncoder::make({BaseType::integer}).value();
    Opened opened(*this, content());
    {
        StagingLoad load(opened.link, opened.setup(spec, 3));
        exec("ALTER TABLE " + physical("t") + " ADD CHECK (id < 39000)");
        EXPECT_THROW(
            {
                const auto read = load.read("t.csv", *opened.file);
                static_cast<void>(load.finish());
            },
            postgres::DatabaseError
        );
    }
    EXPECT_EQ(staging_tables(), "0");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.staged_tables"), "0");
}

TEST_F(StagingLoadTest, LeavesToTheNextAttemptWhatALostConnectionLeft) {
    Opened opened(*this, content());
    {
        StagingLoad load(opened.link, opened.setup(spec, 2));
        exec(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reel "
            "stage'"
            " OR application_name = 'reel'  AND pid <> pg_backend_pid()"
        );
        EXPECT_THROW(
            {
                const auto read = load.read("t.csv", *opened.file);
                static_cast<void>(load.finish());
            },
            postgres::DatabaseError
        );
    }
    EXPECT_EQ(staging_tables(), "2");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.staged_tables WHERE content_hash = ''"), "2");
    ++attempt;
    postgres::Link link(uri);
    EXPECT_EQ(drop_earlier_attempts(link, context().identity).value(), 2);
    EXPECT_EQ(staging_tables(), "0");
}

TEST_F(StagingLoadTest, FailsWhenAnotherAttemptHasTakenItsTables) {
    Opened opened(*this, content());
    StagingLoad load(opened.link, opened.setup(spec, 2));
    ASSERT_TRUE(load.read("t.csv", *opened.file));
    exec("DELETE FROM reel.staged_tables");
    const auto done = load.finish();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, core::Errc::conflict);
}

/// A file of ids from `from` to `to`.
std::string ids(int from, int to) {
    std::string text = "id,name,list\n";
    for (int i = from; i < to; ++i) text += fmt::format("{},{:>60},\n", i, i);
    return text;
}

TEST_F(StagingLoadTest, TakesDuplicatesFromTheAccountOfTheirFile) {
    const std::vector<std::string> contents = {
        ids(0, 30'000), "id,name,list\n", ids(20'000, 50'000) + "x,,\n", ids(5, 6)
    };
    for (const std::size_t connections : {1, 3}) {
        Opened opened(*this, contents[0]);
        StagingLoad load(opened.link, opened.setup(spec, connections));
        for (std::size_t i = 0; i < contents.size(); ++i) {
            MemorySource source(contents[i]);
            const auto file = CsvFile::open(source, spec.csv).value();
            ASSERT_TRUE(load.read(fmt::format("{}.csv", i), *file));
            load.set_content({fmt::format("hash{}", i), 10});
        }
        const auto report = Json::parse(load.finish().value().text);
        EXPECT_EQ(report["records_read"], 60'002);
        EXPECT_EQ(report["bytes"], 40);
        EXPECT_EQ(report["tables"]["t"]["staged"], 50'000);
        EXPECT_EQ(report["tables"]["t"]["duplicates"], 10'001);
        EXPECT_EQ(report["files"][2]["records_quarantined"], 1);
        EXPECT_EQ(
            scalar("SELECT string_agg(concat_ws(' ', file, content_hash, elements_read, staged, "
                   "duplicates, quarantined), ', ' ORDER BY file) FROM reel.stage_reports WHERE "
                   "table_name = 't'"),
            "0.csv hash0 30000 19999 10001 0, 1.csv hash1 0 0 0 0, "
            "2.csv hash2 30001 30000 0 1, 3.csv hash3 1 1 0 0"
        );
        EXPECT_EQ(scalar("SELECT file || ' ' || line FROM reel.quarantine"), "2.csv 30002");
        exec("TRUNCATE reel.stage_reports; DELETE FROM reel.quarantine");
        ++attempt;
    }
}

TEST(ConnectionsFor, GrowWithTheFile) {
    EXPECT_EQ(connections_for(0), 1U);
    EXPECT_EQ(connections_for(9U << 20U), 1U);
    EXPECT_GE(connections_for(1U << 30U), connections_for(16U << 20U));
    EXPECT_LE(connections_for(1U << 30U), 4U);
}

}  // namespace

}  // namespace reel::warehouse
