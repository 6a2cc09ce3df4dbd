#include "reel/async/until_first_end.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "reel/async/quietly.hpp"

namespace reel::async {
namespace {

namespace asio = boost::asio;

/// Parts that end when the test says so, or when they are cancelled.
class UntilFirstEnd : public testing::Test {
  protected:
    asio::awaitable<void> part(std::string name, asio::steady_timer* end) {
        const auto [error] = co_await end->async_wait(quietly);
        words_.push_back(name + (error && !told_ ? " was cancelled" : " ended"));
    }
    asio::awaitable<void> failing_part(asio::steady_timer* end) {
        co_await part("bad", end);
        throw std::runtime_error("it went wrong");
    }
    void begin(std::function<asio::awaitable<void>()> parts) {
        asio::co_spawn(io_, std::move(parts), [this](const std::exception_ptr& failure) {
            failure_ = failure;
            done_ = true;
        });
        io_.poll();
    }
    void end(asio::steady_timer& timer) {
        told_ = true;
        timer.cancel();
        io_.poll_one();
        told_ = false;
        io_.poll();
    }
    [[nodiscard]] std::string failure() const {
        try {
            if (failure_) std::rethrow_exception(failure_);
        } catch (const std::exception& error) {
            return error.what();
        }
        return "";
    }

    asio::io_context io_;
    asio::steady_timer first_{io_, asio::steady_timer::time_point::max()};
    asio::steady_timer second_{io_, asio::steady_timer::time_point::max()};
    asio::steady_timer third_{io_, asio::steady_timer::time_point::max()};
    std::vector<std::string> words_;
    std::exception_ptr failure_;
    bool told_ = false;
    bool done_ = false;
};

TEST_F(UntilFirstEnd, GoesOnWhileAllPartsDo) {
    begin([this] { return until_first_end(part("a", &first_), part("b", &second_)); });
    EXPECT_FALSE(done_);
    EXPECT_TRUE(words_.empty());
}

TEST_F(UntilFirstEnd, TheFirstEndEndsTheOthers) {
    begin([this] {
        return until_first_end(part("a", &first_), part("b", &second_), part("c", &third_));
    });
    end(second_);
    EXPECT_TRUE(done_);
    EXPECT_EQ(failure(), "");
    ASSERT_EQ(words_.size(), 3U);
    EXPECT_EQ(words_.front(), "b ended");
}

TEST_F(UntilFirstEnd, AFailureEndsTheOthersAndIsThrownOn) {
    begin([this] { return until_first_end(part("a", &first_), failing_part(&second_)); });
    end(second_);
    EXPECT_TRUE(done_);
    EXPECT_EQ(failure(), "it went wrong");
    EXPECT_EQ(words_.size(), 2U) << "the other one's end was waited for";
}

TEST_F(UntilFirstEnd, AFailureOfOneThatIsEndedIsNobodysBusiness) {
    begin([this] { return until_first_end(part("a", &first_), failing_part(&second_)); });
    end(first_);
    EXPECT_TRUE(done_);
    EXPECT_EQ(failure(), "");
}

}  // namespace
}  // namespace reel::async
