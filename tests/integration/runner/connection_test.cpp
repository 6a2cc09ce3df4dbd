#include "runner/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <exception>
#include <vector>

namespace reel::runner {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::ElementsAre;

/// Both ends of a connection in one loop.
class RunnerConnection : public testing::Test {
  protected:
    RunnerConnection() {
        Socket one(io);
        Socket other(io);
        asio::local::connect_pair(one, other);
        left = std::make_shared<Connection>(std::move(one));
        right = std::make_shared<Connection>(std::move(other));
    }

    using Socket = asio::local::stream_protocol::socket;

    /// Reads on the right end until it breaks, each message as its JSON text.
    void follow() {
        asio::co_spawn(
            io,
            [this]() -> asio::awaitable<void> {
                while (true) {
                    auto message = co_await right->receive();
                    if (!message) {
                        end = message.error();
                        co_return;
                    }
                    heard.push_back(encode(*message));
                    if (heard.size() == wanted) left->close();
                }
            },
            [](const std::exception_ptr& failure) { EXPECT_EQ(failure, nullptr); }
        );
    }

    void flush_left() {
        asio::co_spawn(
            io,
            [this]() -> asio::awaitable<void> {
                co_await left->flush();
                flushed = true;
            },
            [](const std::exception_ptr& failure) { EXPECT_EQ(failure, nullptr); }
        );
    }

    asio::io_context io;
    std::shared_ptr<Connection> left;
    std::shared_ptr<Connection> right;
    std::vector<std::string> heard;
    std::size_t wanted = 0;  ///< the left end closes when so many were heard; 0: never
    std::optional<core::Error> end;
    bool flushed = false;
};

TEST_F(RunnerConnection, MessagesArriveInTheirOrder) {
    wanted = 200;
    std::vector<std::string> said;
    for (core::AttemptId attempt = 0; attempt < 200; ++attempt) {
        left->send(Cancel{attempt});
        said.push_back(encode(Cancel{attempt}));
    }
    follow();
    io.run();
    EXPECT_EQ(heard, said);
    ASSERT_TRUE(end);
    EXPECT_EQ(end->code, core::Errc::unavailable);
}

TEST_F(RunnerConnection, AMessageLargerThanTheSocketsBufferArrivesWhole) {
    wanted = 2;
    ProcessSpec spec;
    spec.argv = {"true"};
    spec.input = std::string(std::size_t{5} << 20U, 'x');
    left->send(Start{spec});
    left->send(Cancel{1});
    follow();
    io.run();
    EXPECT_THAT(heard, ElementsAre(encode(Start{spec}), encode(Cancel{1})));
}

TEST_F(RunnerConnection, AFrameIsMadeWhenItsTurnComesAndAnEmptyOneIsLeftOut) {
    wanted = 2;
    std::vector<int> made;
    left->send_later([&made] {
        made.push_back(1);
        return make_frame(encode(Cancel{1}));
    });
    left->send_later([&made] {
        made.push_back(2);
        return std::string();
    });
    left->send_later([&made] {
        made.push_back(3);
        return make_frame(encode(Cancel{3}));
    });
    EXPECT_THAT(made, ElementsAre(1)) << "the others wait for their turn";
    follow();
    io.run();
    EXPECT_THAT(made, ElementsAre(1, 2, 3));
    EXPECT_THAT(heard, ElementsAre(encode(Cancel{1}), encode(Cancel{3})));
}

TEST_F(RunnerConnection, FlushEndsWithTheLastWordWritten) {
    for (int i = 0; i < 50; ++i) left->send(Cancel{i});
    flush_left();
    follow();
    while (!flushed) io.run_one();
    left->close();
    io.run();
    EXPECT_EQ(heard.size(), 50U);
}

TEST_F(RunnerConnection, FlushOfNothingEndsAtOnce) {
    flush_left();
    io.run();
    EXPECT_TRUE(flushed);
}

TEST_F(RunnerConnection, FlushEndsWhenTheOtherEndCloses) {
    ProcessSpec spec;
    spec.input = std::string(std::size_t{5} << 20U, 'x');
    left->send(Start{spec});
    flush_left();
    io.poll();
    EXPECT_FALSE(flushed) << "nobody reads";
    right->close();
    io.run();
    EXPECT_TRUE(flushed);
    EXPECT_FALSE(left->is_open());
}

TEST_F(RunnerConnection, AfterItsEndNothingIsSaid) {
    left->close();
    left->send(Cancel{1});
    left->send_later([]() -> std::string {
        ADD_FAILURE() << "a frame was made for nobody";
        return "";
    });
    left->send_every(1ms, Heartbeat{}, {});
    follow();
    io.run();
    EXPECT_TRUE(heard.empty());
}

TEST_F(RunnerConnection, ARepeatedWordIsSaidUntilTheEndAndThenKeepsNoLoopBusy) {
    wanted = 3;
    left->send_every(1ms, Heartbeat{}, {});
    follow();
    io.run();
    EXPECT_EQ(heard, std::vector<std::string>(3, encode(Heartbeat{})));
}

TEST_F(RunnerConnection, ARepeatedWordIsLeftOutWhileItMayNotBeSaid) {
    wanted = 1;
    int asked = 0;
    left->send_every(1ms, Heartbeat{}, [&asked] { return ++asked == 3; });
    follow();
    io.run();
    EXPECT_EQ(asked, 3);
    EXPECT_EQ(heard, std::vector<std::string>{encode(Heartbeat{})});
}

TEST_F(RunnerConnection, ARepeatedWordWaitsWhileTheLastIsUnderWay) {
    ProcessSpec spec;
    spec.input = std::string(std::size_t{5} << 20U, 'x');
    left->send(Start{spec});
    left->send_every(1ms, Heartbeat{}, {});
    // Nobody reads yet: what was begun stays under way, however often the time comes round.
    for (int turn = 0; turn < 20; ++turn) io.run_one();
    wanted = 2;
    follow();
    io.run();
    EXPECT_THAT(heard, ElementsAre(encode(Start{spec}), encode(Heartbeat{})));
}

struct Garbage {
    const char* name;
    std::string bytes;
    core::Errc code;
};

TEST_F(RunnerConnection, WhatIsNoMessageEndsTheListening) {
    const Garbage cases[] = {
        {"no frame", "GET / HTTP/1.1\r\n\r\n", core::Errc::corrupt_data},
        {"no JSON", make_frame("{"), core::Errc::corrupt_data},
        {"no known type", make_frame(R"({"type":"shout"})"), core::Errc::corrupt_data},
        {"half a frame", make_frame(encode(Cancel{1})).substr(0, 7), core::Errc::unavailable},
        {"nothing", "", core::Errc::unavailable},
    };
    for (const Garbage& garbage : cases) {
        SCOPED_TRACE(garbage.name);
        Socket one(io);
        Socket other(io);
        asio::local::connect_pair(one, other);
        right = std::make_shared<Connection>(std::move(other));
        asio::write(one, asio::buffer(garbage.bytes));
        one.close();
        end.reset();
        follow();
        io.restart();
        io.run();
        ASSERT_TRUE(end);
        EXPECT_EQ(end->code, garbage.code);
    }
    EXPECT_TRUE(heard.empty());
}

}  // namespace

}  // namespace reel::runner
