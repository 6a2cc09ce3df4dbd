// Every way of publishing, with every statement of it failing once.

#include <gmock/gmock.h>

#include "faulty_wire.hpp"
#include "upsert_fixture.hpp"

namespace reel::warehouse {

namespace {

struct PublishCase {
    std::string name;
    std::string before;  ///< query of the first load; "" for none
    std::string query;
    std::string rest;      ///< further arguments
    std::string strategy;  ///< that is to be met
    std::string counts;
    std::string content;  ///< expression over the rows of m.t
    std::string expected;
};

class PublishFaults : public UpsertTest, public testing::WithParamInterface<PublishCase> {
  protected:
    PublishFaults() : direct_(uri), wire_(data_dir, server_socket(), scalar("SHOW port")) {}

    static std::string args(const std::string& query) {
        return R"({"into": "m.t", )" + GetParam().rest + R"(, "query": ")" + query + "\"}";
    }

    void reset() {
        uri = direct_;
        exec("DROP SCHEMA IF EXISTS m, reel, reel_staging CASCADE");
        attempt = 1;
        if (!GetParam().before.empty()) {
            upsert_ok(args(GetParam().before));
        }
        attempt = 2;
        uri = uri_through(data_dir);
    }

    /// With a second try where the first one fails. Gives whether it was needed.
    bool publish() {
        const auto first = upsert({args(GetParam().query)}, context("upsert"));
        if (!first) {
            ++attempt;
        }
        const Json report = first ? Json::parse(first->text) : upsert_ok(args(GetParam().query));
        uri = direct_;
        EXPECT_EQ(counts(report), GetParam().counts);
        if (report.contains("strategy")) {
            EXPECT_EQ(report["strategy"], GetParam().strategy);
        }
        EXPECT_EQ(scalar("SELECT " + GetParam().content + " FROM m.t"), GetParam().expected);
        return !first;
    }

    /// Each statement fails once.
    void fail_everywhere(Fault fault, const std::string& sqlstate) {
        std::vector<bool> retries;
        fail_each_statement(wire_, {.fault = fault, .sql = {}, .sqlstate = sqlstate}, [&] {
            reset();
            retries.push_back(publish());
        });
        ASSERT_GT(retries.size(), 9U);
        EXPECT_FALSE(retries.front()) << "without a fault";
    }

  private:
    std::string direct_;
    FaultyWire wire_;
};

TEST_P(PublishFaults, OfConnectionsLeaveNothingHalfOrTwice) {
    fail_everywhere(Fault::cut_before, {});
}

TEST_P(PublishFaults, OfAnswersLeaveNothingHalfOrTwice) {
    fail_everywhere(Fault::cut_after, {});
}

TEST_P(PublishFaults, OfTheDiskLeaveNothingHalfOrTwice) {
    fail_everywhere(Fault::refuse, "53100");
}

const std::string many = "select i as id, 'n' || i as name from generate_series(1, 6000) i";
const std::string more =
    "select i as id, case when i <= 10 then 'x' else 'n' end || i as name "
    "from generate_series(1, 6010) i";
const std::string others = "select i as id, 'x' || i as name from generate_series(11, 6010) i";
const std::string sums = "count(*) || ' ' || count(*) FILTER (WHERE name LIKE 'x%')";
const std::string three = "select id, 'a' as name from (values (1), (2), (3)) v (id)";
const std::string two = "select id, chr(96 + id) as name from (values (1), (2)) v (id)";
const std::string rows = "string_agg(id || name, ' ' ORDER BY id)";

INSTANTIATE_TEST_SUITE_P(
    Every,
    PublishFaults,
    testing::Values(
        PublishCase{"create", "", many, R"("key": "id")", "create", "6000 0 0 0", sums, "6000 0"},
        PublishCase{
            "compare", many, more, R"("key": "id")", "compare", "10 10 5990 0", sums, "6010 10"
        },
        PublishCase{
            "merge", many, others, R"("key": "id")", "merge", "10 5990 0 0", sums, "6010 6000"
        },
        PublishCase{
            "delete_missing",
            three,
            two,
            R"("key": "id", "delete_missing": "hard")",
            "on_conflict",
            "0 1 1 1",
            rows,
            "1a 2b"
        },
        PublishCase{
            "delete_insert",
            three,
            two,
            R"("mode": "delete_insert", "window": "id")",
            "insert",
            "2 0 0 2",
            rows,
            "1a 2b 3a"
        },
        PublishCase{
            "scd2",
            three,
            two,
            R"("key": "id", "mode": "scd2", "delete_missing": "soft")",
            "compare",
            "0 1 1 1",
            "string_agg(id || name || is_current::text, ' ' ORDER BY id, valid_from)",
            "1atrue 2afalse 2btrue 3afalse"
        }
    ),
    [](const auto& info) { return info.param.name; }
);

}  // namespace

}  // namespace reel::warehouse
