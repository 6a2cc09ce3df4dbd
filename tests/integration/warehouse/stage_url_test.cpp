#include <gmock/gmock.h>

#include <algorithm>

#include "load_fixture.hpp"
#include "support/archive_builder.hpp"
#include "support/scripted_server.hpp"
#include "warehouse/stage/source_files.hpp"

namespace reel::warehouse {

namespace {

using support::HttpReply;
using support::HttpRequest;
using support::ScriptedServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string numbered_rows(int rows) {
    std::string text = "id,name\n";
    for (int i = 1; i <= rows; ++i) {
        text += std::to_string(i) + ",name of " + std::to_string(i) + "\n";
    }
    return text;
}

class StageUrlTest : public LoadTest {
  protected:
    static std::string args(const std::string& url, const std::string& more = "") {
        return R"({"source": {"path": ")" + url + "\"" + more + R"(}, "tables": {"t": {"key": "id",
            "columns": {"id": "integer", "name": "text"}}}})";
    }
    /// All that a person or a later program could read of it.
    std::string all_that_was_said() {
        std::string said;
        for (const auto& line : log) said += line + "\n";
        for (const std::string table :
             {"reel.staged_tables", "reel.stage_reports", "reel.loads", "reel.quarantine"}) {
            said += scalar("SELECT string_agg(t::text, E'\\n') FROM " + table + " AS t") + "\n";
        }
        return said;
    }
    /// Files of the data folder, what is kept between calls aside.
    std::size_t files_left() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            std::filesystem::recursive_directory_iterator(data_dir),
            [](const auto& entry) { return entry.is_regular_file(); }
        ));
    }
};

TEST_F(StageUrlTest, ReadsWhatAServerHasAndRecordsItsVersion) {
    const auto content = numbered_rows(1000);
    const ScriptedServer server([&](const HttpRequest& request, int) {
        return support::serve_content(request, content, "\"v1\"");
    });
    const auto report = stage_ok(args(server.url("/t.csv")));
    EXPECT_EQ(report["file"], server.url("/t.csv"));
    EXPECT_EQ(report["etag"], "\"v1\"");
    EXPECT_EQ(report["tables"]["t"]["staged"], 1000);
    EXPECT_EQ(
        scalar("SELECT concat_ws(' ', etag, file_bytes, bytes) FROM reel.stage_reports"),
        "\"v1\" " + std::to_string(content.size()) + " " + std::to_string(content.size())
    );
    upsert_ok(R"({"from": "stage.t", "into": "s.t"})");
    EXPECT_EQ(
        scalar("SELECT concat_ws(' ', source_file, source_etag, source_bytes) FROM reel.loads"),
        server.url("/t.csv") + " \"v1\" " + std::to_string(content.size())
    );
    EXPECT_EQ(scalar("SELECT content_hash FROM reel.loads"), report["sha256"].get<std::string>());
    EXPECT_EQ(files_left(), 0U) << "nothing stays of what was fetched";
}

TEST_F(StageUrlTest, ReadsPackedFilesAndMembersAsOfAFile) {
    const auto content = numbered_rows(500);
    const std::map<std::string, std::string> files = {
        {"/t.csv.gz", support::pack(content, "gzip")},
        {"/t", support::pack(content, "zstd")},
        {"/t.zip",
         support::make_zip({{.name = "a/t.csv", .content = content}, {.name = "b", .content = "x"}})
        }
    };
    const ScriptedServer server([&](const HttpRequest& request, int) {
        return HttpReply{.body = files.at(request.target)};
    });
    for (const auto& [target, packed] : files) {
        ++attempt;
        const auto member = target == "/t.zip" ? R"(, "member": "t.csv")" : "";
        const auto report = stage_ok(args(server.url(target), member));
        EXPECT_EQ(report["tables"]["t"]["staged"], 500) << target;
        EXPECT_EQ(report["bytes"], content.size()) << target;
        EXPECT_FALSE(report.contains("etag"));
        EXPECT_EQ(
            scalar("SELECT file_bytes FROM reel.stage_reports ORDER BY id DESC LIMIT 1"),
            std::to_string(packed.size())
        );
    }
    EXPECT_EQ(
        scalar("SELECT file FROM reel.stage_reports WHERE file LIKE '%zip%'"),
        server.url("/t.zip/a/t.csv")
    );
}

TEST_F(StageUrlTest, StagesNothingTwiceWhenTheConnectionIsCut) {
    const auto content = numbered_rows(20'000);
    const ScriptedServer server([&](const HttpRequest& request, int number) {
        auto reply = support::serve_content(request, content, "\"v1\"");
        if (number <= 2) {
            reply.claimed_length = static_cast<long>(reply.body.size());
            reply.body.resize(reply.body.size() / 2);
        }
        return reply;
    });
    const auto report = stage_ok(args(server.url("/t.csv")));
    EXPECT_EQ(report["tables"]["t"]["elements_read"], 20'000);
    EXPECT_EQ(report["tables"]["t"]["duplicates"], 0);
    EXPECT_EQ(report["bytes"], content.size());
    EXPECT_EQ(server.requests().size(), 3U);
    EXPECT_TRUE(server.requests()[2].headers.contains("range")) << "goes on where it was cut";
    EXPECT_TRUE(logged("retry 2 of"));
}

TEST_F(StageUrlTest, AnUnchangedFileIsNotFetchedAgain) {
    const auto content = numbered_rows(10);
    const ScriptedServer server([&](const HttpRequest& request, int) {
        return support::serve_content(request, content, "\"v1\"");
    });
    auto place = context();
    place.cache_dir = data_dir / "cache";
    ASSERT_TRUE(stage({args(server.url("/t.csv"))}, place));
    ++place.identity.attempt;
    const auto again = stage({args(server.url("/t.csv"))}, place);
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(Json::parse(again->text)["tables"]["t"]["staged"], 10);
    EXPECT_EQ(Json::parse(again->text)["etag"], "\"v1\"");
    EXPECT_EQ(server.requests().at(1).headers.at("if-none-match"), "\"v1\"");
    EXPECT_TRUE(logged("unchanged since the last download"));
}

TEST_F(StageUrlTest, IsFetchedOnceByALoadThatLooksWhetherItHasChanged) {
    std::string content = "id,name\n1,a\n2,b\n";
    const ScriptedServer server([&](const HttpRequest& /*request*/, int) {
        return HttpReply{.body = content};
    });
    const LoadPlan plan{
        .stage_task = "stage",
        .stage = {args(server.url("/t.csv"))},
        .upserts = {{R"({"from": "stage.t", "into": "s.t", "key": "id"})"}}
    };
    load_ok(plan);
    EXPECT_EQ(load_ok(plan)[0].at("strategy"), "unchanged");
    EXPECT_EQ(server.requests().size(), 2U);
    content = "id,name\n1,a\n2,c\n";
    EXPECT_EQ(account(load_ok(plan)), "2 0 0 2 0 1 1") << "as many bytes, but others";
    EXPECT_EQ(server.requests().size(), 3U);
    content = "id,name\n1,a\n2,longer\n";
    EXPECT_EQ(account(load_ok(plan)), "2 0 0 2 0 1 1");
    EXPECT_EQ(server.requests().size(), 4U);
    EXPECT_EQ(files_left(), 0U);
}

TEST_F(StageUrlTest, ShowsTheSecretsOfAnAddressNowhere) {
    const ScriptedServer server([&](const HttpRequest& request, int) {
        if (request.target.starts_with("/gone")) return HttpReply{.status = 404};
        return HttpReply{.body = "id,name\n1,a\nx,b\n2,c\n"};
    });
    const auto secret = [&](const std::string& target) {
        auto url = server.url(target + "?token=hush-hush&day=1");
        return url.insert(url.find("127."), "ann:hush-hush@");
    };
    auto lenient = Json::parse(args(secret("/t.csv")));
    lenient["rejects"] = 1;
    const auto report = stage_ok(lenient.dump());
    EXPECT_EQ(report["file"], "http://***@" + server.url("/t.csv").substr(7) + "?token=***&day=1");
    upsert_ok(R"({"from": "stage.t", "into": "s.t"})");
    EXPECT_EQ(scalar("SELECT count(*) FROM reel.quarantine WHERE file LIKE '%token=***%'"), "1");
    ++attempt;
    const auto error = stage_error(args(secret("/gone.csv")));
    EXPECT_EQ(error.code, core::Errc::not_found);
    EXPECT_THAT(error.message, HasSubstr("404"));
    EXPECT_THAT(error.hint, HasSubstr("check the address"));
    EXPECT_THAT(error.where, AllOf(HasSubstr("/gone.csv"), HasSubstr("***")));
    const auto explained =
        explain_load({.stage = {args(secret("/t.csv"))}, .upserts = {}}, context());
    ASSERT_TRUE(explained);
    const auto inferred = infer_file(secret("/t.csv"));
    EXPECT_THAT(inferred.yaml, HasSubstr("token=***"));
    EXPECT_THAT(inferred.yaml, HasSubstr("secrets of the address are left out"));
    EXPECT_THAT(
        all_that_was_said() + report.dump() + error.describe() + explained->text + inferred.yaml,
        Not(HasSubstr("hush-hush"))
    );
    EXPECT_THAT(inferred.plan.stage.text, HasSubstr("hush-hush")) << "to be loaded at once";
}

TEST_F(StageUrlTest, RefusesAWebPageInPlaceOfAFile) {
    const ScriptedServer server([&](const HttpRequest& request, int) {
        const bool is_page = request.target == "/page";
        return HttpReply{
            .headers =
                {is_page ? "Content-Type: text/html; charset=utf-8"
                         : "Content-Type: application/octet-stream"},
            .body = is_page ? "<div>log in, please</div>" : "\n <!DOCTYPE html><p>id,name"
        };
    });
    for (const std::string target : {"/page", "/t.csv"}) {
        const auto error = stage_error(args(server.url(target)));
        EXPECT_EQ(error.code, core::Errc::corrupt_data);
        EXPECT_THAT(error.message, HasSubstr("the server sent a web page ("));
        EXPECT_THAT(error.hint, HasSubstr("login"));
        EXPECT_EQ(error.where, server.url(target));
    }
    EXPECT_EQ(scalar("SELECT to_regnamespace('reel')"), "NULL") << "nothing was made";
    EXPECT_EQ(files_left(), 0U);
}

TEST_F(StageUrlTest, SaysWhichAddressesItKnows) {
    const auto error = stage_error(args("s3://bucket/t.csv"));
    EXPECT_EQ(error.code, core::Errc::unsupported);
    EXPECT_THAT(error.hint, HasSubstr("http"));
}

TEST_F(StageUrlTest, ADeadServerLeavesNothing) {
    const ScriptedServer server([&](const HttpRequest&, int) { return HttpReply{.status = 403}; });
    const auto error = stage_error(args(server.url("/t.csv")));
    EXPECT_EQ(error.code, core::Errc::permission_denied);
    EXPECT_EQ(files_left(), 0U);
}

TEST_F(StageUrlTest, TwoLoadsOfOneAddressDoNotMeet) {
    const auto base = data_dir / ".source-a";
    {
        const auto first = PassingFolder::take(base).value();
        put(".source-a/data", "x");
        const auto second = PassingFolder::take(base).value();
        EXPECT_EQ(first->path(), base);
        EXPECT_NE(second->path(), base);
        EXPECT_EQ(files_left(), 1U);
    }
    EXPECT_FALSE(std::filesystem::exists(base));
    put(".source-a/of a killed one", "x");
    const auto next = PassingFolder::take(base).value();
    EXPECT_EQ(next->path(), base);
    EXPECT_EQ(files_left(), 0U);
}

TEST(WebPage, IsToldByItsFirstBytesAndItsType) {
    EXPECT_TRUE(is_web_page("<!doctype HTML>", ""));
    EXPECT_TRUE(is_web_page("\xEF\xBB\xBF\r\n  <HTML lang=en>", "text/csv"));
    EXPECT_TRUE(is_web_page("<div>", "text/html"));
    EXPECT_FALSE(is_web_page("id,name\n", "text/html")) << "servers call files what they like";
    EXPECT_FALSE(is_web_page("<tag>,name\n", "text/csv"));
    EXPECT_FALSE(is_web_page("", "text/html"));
}

}  // namespace

}  // namespace reel::warehouse
