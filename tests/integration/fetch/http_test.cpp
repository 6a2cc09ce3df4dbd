#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "fetch_fixture.hpp"
#include "support/archive_builder.hpp"
#include "support/scripted_server.hpp"

namespace reel::fetch {

namespace {

using support::HttpReply;
using support::HttpRequest;
using support::make_zip;
using support::ScriptedServer;
using support::serve_content;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* sha256_of_hello =
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
constexpr const char* md5_of_hello = "5d41402abc4b2a76b9719d911017c592";

std::string content_of(std::size_t size) {
    std::string content;
    for (std::size_t i = 0; i < size; ++i) content.push_back(static_cast<char>('a' + i * 7 % 26));
    return content;
}

class HttpDownloadTest : public FetchTest {};

TEST_F(HttpDownloadTest, AFileLandsUnderItsNameWithItsSums) {
    const ScriptedServer server([](const HttpRequest&, int) {
        return HttpReply{.headers = {"ETag: \"v1\""}, .body = "hello"};
    });
    const auto report = fetch(request(server.url("/data/the%20movies.csv?id=7")));
    ASSERT_TRUE(report) << report.error().describe();
    ASSERT_EQ(report->files.size(), 1U);
    EXPECT_EQ(report->files[0].path, into / "the movies.csv");
    EXPECT_EQ(report->files[0].bytes, 5U);
    EXPECT_EQ(read(into / "the movies.csv"), "hello");
    EXPECT_EQ(report->bytes_transferred, 5U);
    EXPECT_EQ(report->retries, 0);
    EXPECT_FALSE(report->unchanged);
    EXPECT_EQ(report->etag, "\"v1\"");
    EXPECT_EQ(report->sha256, sha256_of_hello);
    EXPECT_EQ(progress.back().bytes, 5U);
    EXPECT_EQ(progress.back().total, 5U);
}

TEST_F(HttpDownloadTest, TheServerMayNameTheFileAndTheRequestHasTheLastWord) {
    const ScriptedServer server([](const HttpRequest&, int) {
        return HttpReply{
            .headers = {"Content-Disposition: attachment; filename=\"../../named.csv\""},
            .body = "x"
        };
    });
    ASSERT_TRUE(fetch(request(server.url("/get"))));
    auto renamed = request(server.url("/get"));
    renamed.file_name = "mine.csv";
    ASSERT_TRUE(fetch(renamed));
    EXPECT_THAT(names(), ElementsAre("mine.csv", "named.csv"));
}

TEST_F(HttpDownloadTest, AnEmptyFileIsAFile) {
    const ScriptedServer server([](const HttpRequest&, int) { return HttpReply{}; });
    ASSERT_TRUE(fetch(request(server.url("/empty.csv"))));
    EXPECT_TRUE(fs::is_empty(into / "empty.csv"));
}

TEST_F(HttpDownloadTest, ABodyWithoutALengthIsTakenToItsEnd) {
    const ScriptedServer server([](const HttpRequest&, int) {
        return HttpReply{.body = "no length", .without_length = true};
    });
    ASSERT_TRUE(fetch(request(server.url("/a.csv"))));
    EXPECT_EQ(read(into / "a.csv"), "no length");
}

TEST_F(HttpDownloadTest, NotFoundIsFinalAndNamesTheAddressWithoutItsSecrets) {
    const ScriptedServer server([](const HttpRequest&, int) {
        return HttpReply{.status = 404, .body = "<html>sorry</html>"};
    });
    std::string url = server.url("/gone.csv?token=swordfish&id=3");
    url.insert(7, "user:swordfish@");
    const auto report = fetch(request(url));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::Errc::not_found);
    EXPECT_THAT(
        report.error().describe(),
        AllOf(HasSubstr("HTTP 404 Not Found"), HasSubstr("/gone.csv?token=***&id=3"))
    );
    EXPECT_THAT(report.error().describe() + lines, Not(HasSubstr("swordfish")));
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_TRUE(into_is_empty());
}

TEST_F(HttpDownloadTest, ForbiddenAndGoneAreFinal) {
    const ScriptedServer server([](const HttpRequest& request, int) {
        return HttpReply{.status = request.target == "/403" ? 403 : 410};
    });
    EXPECT_EQ(fetch(request(server.url("/403"))).error().code, core::Errc::permission_denied);
    EXPECT_EQ(fetch(request(server.url("/410"))).error().code, core::Errc::not_found);
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(HttpDownloadTest, AServersFaultIsTriedAgain) {
    const ScriptedServer server([](const HttpRequest&, int number) {
        constexpr int faults[] = {500, 503, 429};
        return number <= 3 ? HttpReply{.status = faults[number - 1], .body = "sorry"}
                           : HttpReply{.body = "hello"};
    });
    const auto report = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->retries, 3);
    EXPECT_EQ(read(into / "a.csv"), "hello");
    EXPECT_THAT(lines, HasSubstr("retry 1 of 4"));
    EXPECT_THAT(lines, HasSubstr("HTTP 500 Internal Server Error"));
}

TEST_F(HttpDownloadTest, RetriesComeToAnEnd) {
    const ScriptedServer server([](const HttpRequest&, int) { return HttpReply{.status = 502}; });
    auto order = request(server.url("/a.csv"));
    order.max_retries = 2;
    const auto report = fetch(order);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::Errc::unavailable);
    EXPECT_THAT(report.error().message, HasSubstr("HTTP 502 Bad Gateway (after 2 retries)"));
    EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(HttpDownloadTest, RetryAfterIsHonoured) {
    const ScriptedServer server([](const HttpRequest&, int number) {
        return number == 1 ? HttpReply{.status = 429, .headers = {"Retry-After: 1"}}
                           : HttpReply{.body = "hello"};
    });
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_TRUE(fetch(request(server.url("/a.csv"))));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 1s);
}

TEST_F(HttpDownloadTest, ACutConnectionIsResumedWhereItBroke) {
    const std::string content = content_of(100'000);
    const ScriptedServer server([&content](const HttpRequest& asked, int number) {
        HttpReply reply = serve_content(asked, content, "\"v1\"");
        if (number < 3) {
            reply.claimed_length = static_cast<long>(reply.body.size());
            reply.body.resize(reply.body.size() / 2);
        }
        return reply;
    });
    const auto report = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(read(into / "a.csv"), content);
    EXPECT_TRUE(report->resumed);
    EXPECT_EQ(report->retries, 2);
    EXPECT_EQ(report->bytes_transferred, content.size());
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_EQ(requests[1].headers.at("range"), "bytes=50000-");
    EXPECT_EQ(requests[1].headers.at("if-range"), "\"v1\"");
    EXPECT_EQ(requests[2].headers.at("range"), "bytes=75000-");
    EXPECT_THAT(lines, HasSubstr("resuming at 50.0 kB"));
}

TEST_F(HttpDownloadTest, AServerThatIgnoresRangeIsReadFromTheStart) {
    const std::string content = content_of(10'000);
    const ScriptedServer server([&content](const HttpRequest&, int number) {
        HttpReply reply{.headers = {"ETag: \"v1\""}, .body = content};
        if (number == 1) {
            reply.claimed_length = 10'000;
            reply.body.resize(4000);
        }
        return reply;
    });
    const auto report = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(read(into / "a.csv"), content);
    EXPECT_FALSE(report->resumed);
    EXPECT_EQ(report->bytes_transferred, 14'000U);
}

TEST_F(HttpDownloadTest, AFileThatChangesInBetweenIsReadFromTheStart) {
    const std::string first = content_of(10'000);
    const std::string second = "second version " + content_of(9'000);
    const ScriptedServer server([&](const HttpRequest& asked, int number) {
        if (number > 1) return serve_content(asked, second, "\"v2\"");
        HttpReply reply{.headers = {"ETag: \"v1\""}, .body = first.substr(0, 5000)};
        reply.claimed_length = 10'000;
        return reply;
    });
    const auto report = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(read(into / "a.csv"), second);
    EXPECT_EQ(report->etag, "\"v2\"");
}

TEST_F(HttpDownloadTest, ARangeOfAnotherVersionIsNeverAppended) {
    const std::string first = content_of(10'000);
    const std::string second = std::string(10'000, 'Z');
    const ScriptedServer server([&](const HttpRequest& asked, int number) {
        HttpReply reply{.headers = {"ETag: \"v1\""}, .body = first.substr(0, 5000)};
        reply.claimed_length = 10'000;
        if (number == 1) return reply;
        // Heeds Range, ignores If-Range.
        HttpRequest careless = asked;
        careless.headers.erase("if-range");
        return serve_content(careless, second, "\"v2\"");
    });
    const auto report = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(read(into / "a.csv"), second);
    EXPECT_THAT(lines, HasSubstr("starting over"));
}

TEST_F(HttpDownloadTest, APartLeftByAKilledProcessIsResumed) {
    const std::string content = content_of(10'000);
    const ScriptedServer server([&content](const HttpRequest& asked, int number) {
        HttpReply reply = serve_content(asked, content, "\"v1\"");
        if (number == 1) {
            reply.claimed_length = 10'000;
            reply.body.resize(6000);
        }
        return reply;
    });
    auto order = request(server.url("/a.csv"));
    order.max_retries = 0;
    ASSERT_FALSE(fetch(order));
    EXPECT_TRUE(into_is_empty());
    const auto report = fetch(order);
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_TRUE(report->resumed);
    EXPECT_EQ(report->bytes_transferred, 4000U);
    EXPECT_EQ(read(into / "a.csv"), content);
}

TEST_F(HttpDownloadTest, WithoutACacheNothingButTheFileIsLeft) {
    const ScriptedServer server([](const HttpRequest& asked, int) {
        return asked.target == "/a.csv" ? HttpReply{.body = "hello"} : HttpReply{.status = 404};
    });
    auto order = request(server.url("/a.csv"));
    order.cache.clear();
    ASSERT_TRUE(fetch(order));
    order.from = server.url("/b.csv");
    ASSERT_FALSE(fetch(order));
    EXPECT_THAT(names(), ElementsAre("a.csv"));
    EXPECT_EQ(std::distance(fs::directory_iterator(into), fs::directory_iterator()), 1);
}

TEST_F(HttpDownloadTest, AnUnchangedFileComesFromTheCache) {
    const std::string content = content_of(10'000);
    const ScriptedServer server([&content](const HttpRequest& asked, int) {
        return serve_content(asked, content, "\"v1\"");
    });
    const auto first = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(first);
    auto again = request(server.url("/a.csv"));
    again.into = folder / "second";
    const auto second = fetch(again);
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_TRUE(second->unchanged);
    EXPECT_EQ(second->bytes_transferred, 0U);
    EXPECT_EQ(second->sha256, first->sha256);
    EXPECT_EQ(second->etag, "\"v1\"");
    EXPECT_EQ(read(folder / "second" / "a.csv"), content);
    EXPECT_EQ(server.requests().at(1).headers.at("if-none-match"), "\"v1\"");
}

TEST_F(HttpDownloadTest, LastModifiedServesWhereThereIsNoETag) {
    const ScriptedServer server([](const HttpRequest& asked, int) {
        const std::string date = "Last-Modified: Wed, 01 Jan 2025 00:00:00 GMT";
        if (asked.headers.contains("if-modified-since")) {
            return HttpReply{.status = 304, .without_length = true};
        }
        return HttpReply{.headers = {date}, .body = "hello"};
    });
    ASSERT_TRUE(fetch(request(server.url("/a.csv"))));
    const auto second = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->unchanged);
}

TEST_F(HttpDownloadTest, ACachedFileThatSomeoneWroteToIsFetchedAgain) {
    const ScriptedServer server([](const HttpRequest& asked, int) {
        return serve_content(asked, "hello", "\"v1\"");
    });
    ASSERT_TRUE(fetch(request(server.url("/a.csv"))));
    std::ofstream(into / "a.csv", std::ios::app) << " and more";
    const auto second = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->unchanged);
    EXPECT_EQ(read(into / "a.csv"), "hello");
}

TEST_F(HttpDownloadTest, TheRightChecksumPassesInAnyCase) {
    const ScriptedServer server([](const HttpRequest&, int) { return HttpReply{.body = "hello"}; });
    auto order = request(server.url("/a.csv"));
    for (const std::string& sum :
         {std::string("sha256:") + sha256_of_hello,
          std::string("MD5:5D41402ABC4B2A76B9719D911017C592"),
          std::string("md5:") + md5_of_hello}) {
        order.checksum = sum;
        const auto report = fetch(order);
        EXPECT_TRUE(report) << report.error().describe();
    }
}

TEST_F(HttpDownloadTest, AWrongChecksumIsAnErrorWithBothSumsAndKeepsNothing) {
    const ScriptedServer server([](const HttpRequest& asked, int) {
        return serve_content(asked, "hello", "\"v1\"");
    });
    auto order = request(server.url("/a.csv"));
    order.checksum = "sha256:" + std::string(64, '0');
    for (int round = 0; round < 2; ++round) {
        const auto report = fetch(order);
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code, core::Errc::corrupt_data);
        EXPECT_THAT(
            report.error().describe(),
            AllOf(HasSubstr(std::string(64, '0')), HasSubstr(sha256_of_hello), HasSubstr("/a.csv"))
        );
        EXPECT_TRUE(into_is_empty());
    }
    EXPECT_FALSE(server.requests().at(1).headers.contains("if-none-match"));
}

TEST_F(HttpDownloadTest, RedirectsAreFollowedAndMayNameTheFile) {
    const ScriptedServer server([](const HttpRequest& asked, int) {
        if (asked.target == "/latest") {
            return HttpReply{
                .status = 302, .headers = {"Location: /files/movies.csv"}, .body = "moved"
            };
        }
        return HttpReply{.body = "hello"};
    });
    const auto report = fetch(request(server.url("/latest")));
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_THAT(names(), ElementsAre("movies.csv"));
    EXPECT_EQ(read(into / "movies.csv"), "hello");
}

TEST_F(HttpDownloadTest, ARedirectLoopEnds) {
    const ScriptedServer server([](const HttpRequest&, int) {
        return HttpReply{.status = 301, .headers = {"Location: /round"}};
    });
    const auto report = fetch(request(server.url("/round")));
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().message, HasSubstr("redirected more than 10 times"));
    EXPECT_EQ(server.requests().size(), 11U);
}

TEST_F(HttpDownloadTest, ARedirectToAnotherProtocolIsRefused) {
    write(folder / "secret", "swordfish");
    const ScriptedServer server([this](const HttpRequest&, int) {
        return HttpReply{
            .status = 302, .headers = {"Location: file://" + (folder / "secret").string()}
        };
    });
    const auto report = fetch(request(server.url("/a")));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::Errc::invalid_argument);
    EXPECT_TRUE(into_is_empty());
}

TEST_F(HttpDownloadTest, HeadersGoToTheServerThatWasNamedAndToNoOther) {
    const ScriptedServer other([](const HttpRequest&, int) { return HttpReply{.body = "hello"}; });
    const ScriptedServer named([&other](const HttpRequest& asked, int) {
        const std::string to = asked.target == "/a" ? "/b" : other.url("/c.csv");
        return HttpReply{.status = 307, .headers = {"Location: " + to}};
    });
    auto order = request(named.url("/a"));
    order.headers = {"X-Api-Key: swordfish"};
    ASSERT_TRUE(fetch(order));
    EXPECT_EQ(named.requests().at(0).headers.at("x-api-key"), "swordfish");
    EXPECT_EQ(named.requests().at(1).headers.at("x-api-key"), "swordfish");
    EXPECT_FALSE(other.requests().at(0).headers.contains("x-api-key"));
    EXPECT_THAT(lines, Not(HasSubstr("swordfish")));
}

TEST_F(HttpDownloadTest, ASilentServerIsGivenUpAndTriedAgain) {
    const std::string content = content_of(1000);
    const ScriptedServer server([&content](const HttpRequest& asked, int number) {
        HttpReply reply = serve_content(asked, content, "\"v1\"");
        if (number == 1) {
            reply.claimed_length = 1000;
            reply.body.resize(400);
            reply.stalls = true;
        }
        return reply;
    });
    const auto report = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_TRUE(report->resumed);
    EXPECT_EQ(read(into / "a.csv"), content);
    EXPECT_THAT(lines, HasSubstr("no byte came for too long"));
}

TEST_F(HttpDownloadTest, AServerThatHangsUpIsTriedAgain) {
    const ScriptedServer server([](const HttpRequest&, int number) {
        return HttpReply{.body = "hello", .says_nothing = number == 1};
    });
    const auto report = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->retries, 1);
}

TEST_F(HttpDownloadTest, ARefusedConnectionIsAClearError) {
    std::string url;
    {
        const ScriptedServer gone([](const HttpRequest&, int) { return HttpReply{}; });
        url = gone.url("/a.csv");
    }
    auto order = request(url);
    order.max_retries = 1;
    const auto report = fetch(order);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::Errc::unavailable);
    EXPECT_THAT(report.error().describe(), AllOf(HasSubstr(url), HasSubstr("onnect")));
}

TEST_F(HttpDownloadTest, AZipIsUnpackedAndFetchedOnce) {
    const std::string zip = make_zip(
        {{.name = "ratings.csv", .content = "1,2\n"}, {.name = "sub/links.csv", .content = "x"}}
    );
    const ScriptedServer server([&zip](const HttpRequest& asked, int) {
        return serve_content(asked, zip, "\"z\"");
    });
    auto order = request(server.url("/data.zip"));
    order.extract = true;
    for (const bool unchanged : {false, true}) {
        const auto report = fetch(order);
        ASSERT_TRUE(report) << report.error().describe();
        EXPECT_EQ(report->unchanged, unchanged);
        EXPECT_EQ(report->files.size(), 2U);
        EXPECT_THAT(names(), ElementsAre("ratings.csv", "sub/links.csv"));
        EXPECT_EQ(read(into / "ratings.csv"), "1,2\n");
    }
}

TEST_F(HttpDownloadTest, AnErrorPageInsteadOfAZipIsAClearError) {
    const ScriptedServer server([](const HttpRequest&, int) {
        return HttpReply{.body = "<html>please log in</html>"};
    });
    auto order = request(server.url("/data.zip"));
    order.extract = true;
    const auto report = fetch(order);
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().message, HasSubstr("not an archive"));
    EXPECT_TRUE(into_is_empty());
}

TEST_F(HttpDownloadTest, TwoDownloadsOfOneAddressDoNotDisturbEachOther) {
    const std::string content = content_of(300'000);
    const ScriptedServer server([&content](const HttpRequest& asked, int) {
        return serve_content(asked, content, "\"v1\"");
    });
    std::vector<std::thread> threads;
    std::vector<char> ok(4);
    for (std::size_t i = 0; i < ok.size(); ++i) {
        threads.emplace_back([&, i] {
            auto order = request(server.url("/a.csv"));
            order.into = folder / std::to_string(i);
            ok[i] = download(order) && read(order.into / "a.csv") == content ? 1 : 0;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_THAT(ok, testing::Each(1));
}

TEST_F(HttpDownloadTest, AFullDiskIsAClearErrorAndLeavesNothing) {
    const std::string content = content_of(200'000);
    const ScriptedServer server([&content](const HttpRequest& asked, int) {
        return serve_content(asked, content, "\"v1\"");
    });
    // A limit on file sizes fails a write as a full disk does.
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{.rlim_cur = 100'000, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    const auto report = fetch(request(server.url("/a.csv")));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_DFL);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::Errc::unavailable);
    EXPECT_THAT(report.error().message, HasSubstr("cannot write"));
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_TRUE(into_is_empty());
    const auto again = fetch(request(server.url("/a.csv")));
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(read(into / "a.csv"), content);
}

}  // namespace

}  // namespace reel::fetch
