#include "runner/message.hpp"

#include <gmock/gmock.h>

#include <string>

#include "runner/json_codec.hpp"

namespace reel::runner {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

template <class T>
T round_trip(const T& message) {
    auto decoded = decode(encode(message));
    EXPECT_TRUE(decoded) << decoded.error().describe();
    return std::get<T>(*decoded);
}

std::string every_byte() {
    std::string bytes;
    for (int value = 0; value < 256; ++value) bytes.push_back(static_cast<char>(value));
    return bytes;
}

ProcessSpec a_spec() {
    ProcessSpec spec;
    spec.attempt = 9'000'000'000'000;
    spec.argv = {"sh", "-c", "echo 'ä' \xff"};
    spec.environment = {"PATH=/bin", "EMPTY=", "BINARY=\x01\xfe"};
    spec.working_directory = "/tmp/a b";
    spec.log_file = "/tmp/log\xc3\xa4.log";
    spec.input = every_byte();
    spec.timeout = 1500ms;
    spec.kill_grace = 250ms;
    return spec;
}

TEST(Message, TellsWhichLogIsExpected) {
    const Expect told = round_trip(Expect{7, "/tmp/log\xc3\xa4.log", "header \xff\n"});
    EXPECT_EQ(told.attempt, 7);
    EXPECT_EQ(told.log_file, "/tmp/log\xc3\xa4.log");
    EXPECT_EQ(told.log_header, "header \xff\n");
}

ProcessExit an_exit(ProcessEnd end) {
    ProcessExit exit{.attempt = 7, .end = end, .code = 143};
    exit.started_at = core::Timestamp(1'700'000'000'123'456us);
    exit.ended_at = exit.started_at + 5s;
    exit.output = every_byte();
    exit.output_truncated = true;
    exit.last_line = "caf\xc3\xa9 \xff";
    exit.message = "it was cancelled";
    exit.user_microseconds = 11;
    exit.system_microseconds = 22;
    exit.max_rss_kilobytes = 33;
    exit.pid = 34;
    return exit;
}

TEST(Message, StartKeepsEveryFieldOfASpecBinaryOnesToo) {
    const ProcessSpec spec = a_spec();
    const ProcessSpec copy = round_trip(Start{spec}).spec;
    EXPECT_EQ(copy.attempt, spec.attempt);
    EXPECT_EQ(copy.argv, spec.argv);
    EXPECT_EQ(copy.environment, spec.environment);
    EXPECT_EQ(copy.working_directory, spec.working_directory);
    EXPECT_EQ(copy.log_file, spec.log_file);
    EXPECT_EQ(copy.input, spec.input);
    EXPECT_EQ(copy.timeout, spec.timeout);
    EXPECT_EQ(copy.kill_grace, spec.kill_grace);
}

TEST(Message, ASpecWithoutTimeoutStaysWithout) {
    ProcessSpec spec = a_spec();
    spec.timeout.reset();
    EXPECT_FALSE(round_trip(Start{spec}).spec.timeout);
}

TEST(Message, ExitedKeepsEveryFieldForEveryEnd) {
    for (const ProcessEnd end :
         {ProcessEnd::exited,
          ProcessEnd::signalled,
          ProcessEnd::timed_out,
          ProcessEnd::cancelled,
          ProcessEnd::abandoned,
          ProcessEnd::not_started}) {
        const ProcessExit exit = an_exit(end);
        const ProcessExit copy = round_trip(Exited{exit}).exit;
        EXPECT_EQ(copy.attempt, exit.attempt);
        EXPECT_EQ(copy.end, exit.end);
        EXPECT_EQ(copy.code, exit.code);
        EXPECT_EQ(copy.started_at, exit.started_at);
        EXPECT_EQ(copy.ended_at, exit.ended_at);
        EXPECT_EQ(copy.output, exit.output);
        EXPECT_EQ(copy.output_truncated, exit.output_truncated);
        EXPECT_EQ(copy.last_line, exit.last_line);
        EXPECT_EQ(copy.message, exit.message);
        EXPECT_EQ(copy.user_microseconds, exit.user_microseconds);
        EXPECT_EQ(copy.system_microseconds, exit.system_microseconds);
        EXPECT_EQ(copy.max_rss_kilobytes, exit.max_rss_kilobytes);
        EXPECT_EQ(copy.pid, exit.pid);
    }
}

TEST(Message, WelcomeKeepsWhatRuns) {
    const core::Timestamp at(1us);
    const Welcome copy = round_trip(Welcome{
        .pid = 12, .lease = 1500ms, .running = {{.attempt = 1, .pid = 2, .at = at}}, .ended = 3
    });
    EXPECT_EQ(copy.pid, 12);
    EXPECT_EQ(copy.lease, 1500ms);
    ASSERT_EQ(copy.running.size(), 1U);
    EXPECT_EQ(copy.running[0].attempt, 1);
    EXPECT_EQ(copy.running[0].pid, 2);
    EXPECT_EQ(copy.running[0].at, at);
    EXPECT_EQ(copy.ended, 3U);
}

TEST(Message, TheSmallOnesKeepTheirFields) {
    EXPECT_EQ(round_trip(Hello{}).protocol, protocol_version);
    EXPECT_EQ(round_trip(Cancel{5}).attempt, 5);
    EXPECT_EQ(round_trip(Acknowledge{6}).attempt, 6);
    EXPECT_EQ(round_trip(Forgotten{-7}).attempt, -7);
    EXPECT_TRUE(round_trip(Detach{true}).end_when_idle);
    EXPECT_FALSE(round_trip(Detach{false}).end_when_idle);
    EXPECT_EQ(round_trip(Refused{"no"}).reason, "no");
    EXPECT_EQ(round_trip(Started{{.attempt = 8, .pid = 9, .at = {}}}).start.pid, 9);
    round_trip(Replaced{});
    round_trip(Heartbeat{});
}

TEST(Message, StartTellsWhetherMoreOfItsEnvironmentWentAhead) {
    EXPECT_FALSE(round_trip(Start{a_spec()}).has_common_environment);
    ProcessSpec spec = a_spec();
    const auto common = std::make_shared<const std::vector<std::string>>(1, "HOME=/root");
    spec.common_environment = common;
    const Start copy = round_trip(Start{spec});
    EXPECT_TRUE(copy.has_common_environment);
    EXPECT_FALSE(copy.spec.common_environment) << "its own message";
    EXPECT_EQ(round_trip(CommonEnvironment{*common}).variables, *common);
}

TEST(Message, AnExitOfAnUnknownEndIsAnError) {
    for (const int end : {-1, 6}) {
        EXPECT_FALSE(decode(encode(Exited{an_exit(static_cast<ProcessEnd>(end))}))) << end;
    }
}

TEST(Message, AnErrorNeverQuotesWhatMayBeSecret) {
    ProcessSpec spec = a_spec();
    spec.input = "swordfish";
    std::string text = encode(Start{spec});
    text.pop_back();
    const auto decoded = decode(text);
    ASSERT_FALSE(decoded);
    EXPECT_THAT(decoded.error().describe(), Not(HasSubstr("swordfish")));
}

TEST(ObjectText, RoundTripsEveryLengthOfBinaryData) {
    for (std::size_t size = 0; size < 70; ++size) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(0xff - i * 7));
        ObjectText text;
        text.add("bytes", bytes);
        const auto object = nlohmann::json::parse(text.take());
        EXPECT_EQ(bytes_from_json(object.at("bytes")), bytes) << size;
    }
}

TEST(BytesFromJson, RefusesWhatIsNotBase64) {
    for (const std::string text : {"abc", "????", "ab\n="}) {
        EXPECT_ANY_THROW(static_cast<void>(bytes_from_json({{"base64", text}}))) << text;
    }
    EXPECT_ANY_THROW(static_cast<void>(bytes_from_json(nlohmann::json(7))));
    EXPECT_ANY_THROW(static_cast<void>(bytes_from_json(nlohmann::json::object())));
}

}  // namespace

}  // namespace reel::runner
