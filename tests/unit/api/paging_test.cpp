#include <algorithm>
#include <ostream>

#include "unit/api/api_fixture.hpp"

namespace reel::api {

namespace {

constexpr int count = 7;

/// A list of the API with seven entries.
struct PagedList {
    std::string target;
    std::string name;  ///< the field that holds the entries
    std::string id;    ///< the field that tells one entry
    std::vector<std::string> orders;

    friend void PrintTo(const PagedList& list, std::ostream* out) { *out << list.target; }
};

class Paging : public ApiTest, public ::testing::WithParamInterface<PagedList> {
  protected:
    Paging() {
        std::vector<store::ImportErrorRecord> errors;
        save(movies_dag());
        for (int i = 0; i < count; ++i) {
            const std::string name = std::string(1, static_cast<char>('a' + i));
            save(movies_dag("dag_" + name));
            add_run("run_" + name, i % 2 == 0 ? core::RunState::running : core::RunState::queued);
            clock_.advance(std::chrono::hours(1));
            store_->set_variable({.key = name, .value = "1", .description = ""});
            EXPECT_TRUE(store_->add_connection({.connection_id = name, .conn_type = "x"}));
            errors.push_back(
                {.id = i + 1, .filename = name + ".yaml", .at = clock_.now(), .stack_trace = "no"}
            );
            push_xcom(name);
        }
        store_->save_import_errors(errors);
    }

    void push_xcom(const std::string& name) {
        store::Commit commit;
        commit.xcoms.push_back(
            {.key = {core::DagId("movies"), core::RunId("run_a"), core::TaskId("load"), -1},
             .name = name,
             .value = {"1"},
             .at = clock_.now()}
        );
        ASSERT_TRUE(store_->commit(commit).has_value());
    }

    /// `target` with one more parameter.
    static std::string with(const std::string& target, const std::string& parameter) {
        return target + (target.find('?') == std::string::npos ? '?' : '&') + parameter;
    }
    std::vector<std::string> ids(const std::string& query, std::size_t* total = nullptr) {
        const auto page =
            get_json(query.empty() ? GetParam().target : with(GetParam().target, query));
        std::vector<std::string> found;
        for (const auto& item : page[GetParam().name]) {
            found.push_back(
                item[GetParam().id].is_string() ? item[GetParam().id].get<std::string>()
                                                : item[GetParam().id].dump()
            );
        }
        if (total != nullptr) *total = page["total_entries"];
        return found;
    }
};

}  // namespace

TEST_P(Paging, GivesEveryEntryOnceOverItsPages) {
    std::size_t total = 0;
    const auto all = ids("", &total);
    ASSERT_EQ(all.size(), total);
    ASSERT_GE(total, std::size_t{count});
    std::vector<std::string> collected;
    for (std::size_t offset = 0; offset < total; offset += 3) {
        std::size_t told = 0;
        const auto page = ids("limit=3&offset=" + std::to_string(offset), &told);
        EXPECT_EQ(told, total) << "the total does not depend on the page";
        EXPECT_EQ(page.size(), std::min<std::size_t>(3, total - offset));
        collected.insert(collected.end(), page.begin(), page.end());
    }
    EXPECT_EQ(collected, all);
}

TEST_P(Paging, IsEmptyBehindTheEndAndStillTellsTheTotal) {
    std::size_t total = 0;
    const auto all = ids("");
    EXPECT_TRUE(ids("offset=1000", &total).empty());
    EXPECT_EQ(total, all.size());
    EXPECT_TRUE(ids("limit=5&offset=1099511627776", &total).empty());
    EXPECT_EQ(ids("limit=0"), all) << "0 stands for the usual limit";
    EXPECT_EQ(ids("limit=1000000"), all);
}

TEST_P(Paging, RefusesLimitsThatAreNone) {
    for (const char* const query :
         {"limit=-1",
          "limit=1.5",
          "limit=",
          "limit=ten",
          "limit=0x10",
          "limit=99999999999999999999",
          "offset=-1",
          "offset=one",
          "offset=1099511627777"}) {
        const auto detail = get_json(with(GetParam().target, query), 422)["detail"];
        ASSERT_EQ(detail.size(), 1U) << query;
        EXPECT_EQ(detail[0]["loc"][1], std::string(query).substr(0, std::string(query).find('=')));
        EXPECT_EQ(detail[0]["type"], "int_parsing") << query;
    }
}

TEST_P(Paging, TurnsItsOrderAround) {
    for (const std::string& order : GetParam().orders) {
        auto there = ids("order_by=" + order);
        const auto back = ids("order_by=-" + order);
        EXPECT_FALSE(there.empty()) << order;
        std::ranges::reverse(there);
        EXPECT_EQ(back, there) << order;
    }
    for (const char* const wrong :
         {"order_by=password", "order_by=--id", "order_by=", "order_by=-"}) {
        EXPECT_EQ(get(with(GetParam().target, wrong)).status, 422) << wrong;
    }
}

INSTANTIATE_TEST_SUITE_P(
    OfTheApi,
    Paging,
    ::testing::Values(
        PagedList{"/api/v2/dags", "dags", "dag_id", {"dag_id"}},
        PagedList{"/api/v2/dags?owners=ops", "dags", "dag_id", {"dag_id"}},
        PagedList{
            "/api/v2/dags/movies/dagRuns", "dag_runs", "dag_run_id", {"id", "run_after", "run_id"}
        },
        PagedList{
            "/api/v2/dags/~/dagRuns?run_id_pattern=run%25",
            "dag_runs",
            "dag_run_id",
            {"id", "dag_run_id"}
        },
        PagedList{
            "/api/v2/dags/movies/dagRuns/~/taskInstances?task_id=load",
            "task_instances",
            "dag_run_id",
            {"start_date", "state", "task_id", "try_number", "map_index", "end_date"}
        },
        PagedList{"/api/v2/variables", "variables", "key", {"key"}},
        PagedList{"/api/v2/variables?variable_key_pattern=%25", "variables", "key", {"key"}},
        PagedList{"/api/v2/connections", "connections", "connection_id", {"connection_id"}},
        PagedList{
            "/api/v2/connections?connection_id_pattern=_",
            "connections",
            "connection_id",
            {"connection_id"}
        },
        PagedList{"/api/v2/importErrors", "import_errors", "filename", {}},
        PagedList{
            "/api/v2/dags/movies/dagRuns/run_a/taskInstances/load/xcomEntries",
            "xcom_entries",
            "key",
            {}
        }
    )
);

}  // namespace reel::api
