#include "executor/download_operation.hpp"

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace reel::executor {

namespace {

class DownloadOperationTest : public testing::Test {
  protected:
    DownloadOperationTest() {
        spec.operator_name = "download";
        spec.data_dir = "/data/run";
        spec.cache_dir = "/data/cache";
        operations.download = [this](
                                  const fetch::DownloadRequest& given,
                                  const fetch::LogLine& line,
                                  const fetch::OnProgress& progress
                              ) {
            request = given;
            line("retry 1 of 4 after HTTP 503");
            progress({.bytes = 1, .total = 2});
            return answer;
        };
    }

    core::Result<core::JsonText> run(const Json& args) {
        spec.args = args;
        return run_download(spec, operations, [this](const std::string& line) {
            log.push_back(line);
        });
    }

    TaskSpec spec;
    Operations operations;
    fetch::DownloadRequest request;
    core::Result<fetch::DownloadReport> answer;
    std::vector<std::string> log;
};

}  // namespace

TEST_F(DownloadOperationTest, AsksForWhatTheArgumentsSay) {
    const Json args{
        {"from", "https://host/x.zip"},
        {"extract", true},
        {"checksum", "sha256:00"},
        {"file_name", "y.zip"},
        {"into", "raw"},
        {"headers", Json{{"Authorization", "Bearer t"}}},
    };
    ASSERT_TRUE(run(args));
    EXPECT_EQ(request.from, "https://host/x.zip");
    EXPECT_TRUE(request.extract);
    EXPECT_EQ(request.checksum, "sha256:00");
    EXPECT_EQ(request.file_name, "y.zip");
    EXPECT_EQ(request.into, "/data/run/raw");
    EXPECT_EQ(request.cache, "/data/cache");
    EXPECT_EQ(request.headers, std::vector<std::string>{"Authorization: Bearer t"});
}

TEST_F(DownloadOperationTest, HasDefaultsForAllButTheSource) {
    ASSERT_TRUE(run(Json{{"from", "/a.csv"}}));
    EXPECT_FALSE(request.extract);
    EXPECT_EQ(request.into.lexically_normal(), std::filesystem::path("/data/run/"));
    EXPECT_TRUE(request.headers.empty());
}

TEST_F(DownloadOperationTest, RefusesArgumentsThatCannotBe) {
    const auto source = run(Json::object());
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().message, "'from' is missing or no text");
    for (const char* const into : {"../other", "/etc", "a/../../b"}) {
        const auto outside = run(Json{{"from", "/a"}, {"into", into}});
        ASSERT_FALSE(outside) << into;
        EXPECT_NE(outside.error().message.find("not below the run's data"), std::string::npos);
    }
    EXPECT_FALSE(run(Json{{"from", "/a"}, {"headers", "A: b"}}));
    EXPECT_FALSE(run(Json{{"from", "/a"}, {"headers", Json{{"A", 5}}}}));
}

TEST_F(DownloadOperationTest, TakesHeadersAsAList) {
    ASSERT_TRUE(run(Json{{"from", "/a"}, {"headers", Json::array({"A: b", "C: d"})}}));
    EXPECT_EQ(request.headers, (std::vector<std::string>{"A: b", "C: d"}));
}

TEST_F(DownloadOperationTest, ReportsFilesBelowTheDataFolder) {
    answer->files = {{.path = "/data/run/movies.csv", .bytes = 12}};
    answer->bytes_transferred = 7;
    answer->retries = 1;
    answer->resumed = true;
    answer->etag = "\"e\"";
    answer->sha256 = "00ff";
    const auto report = run(Json{{"from", "/a"}});
    ASSERT_TRUE(report);
    EXPECT_EQ(
        report->text,
        R"({"files":[{"path":"movies.csv","bytes":12}],"bytes_transferred":7,"retries":1,)"
        R"("unchanged":false,"resumed":true,"etag":"\"e\"","sha256":"00ff"})"
    );
    const std::vector<std::string> lines{"retry 1 of 4 after HTTP 503", "movies.csv (12 bytes)"};
    EXPECT_EQ(log, lines);
}

TEST_F(DownloadOperationTest, PassesAFailureOn) {
    answer = core::fail(core::Errc::not_found, "HTTP 404");
    const auto report = run(Json{{"from", "/a"}});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().message, "HTTP 404");
}

}  // namespace reel::executor
