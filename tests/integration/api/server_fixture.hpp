#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <thread>

#include "integration/api/http_client.hpp"
#include "reel/api/server.hpp"
#include "support/fake_run_control.hpp"

namespace reel::api {

inline core::Dag one_task_dag() {
    core::Dag dag;
    dag.dag_id = core::DagId("movies");
    dag.tasks.emplace_back();
    dag.tasks[0].task_id = core::TaskId("extract");
    dag.version = std::string(64, 'a');
    return dag;
}

/// A real server on a free port, in a thread of its own.
class ServerTest : public ::testing::Test {
  protected:
    ServerTest() {
        store_->save_dags({one_task_dag()}, false, clock_.now());
        options_.port = 0;
        options_.admin_password = "pw";
        options_.jwt_secret = "secret";
        options_.max_body_bytes = 100'000;
        options_.logs = logs_;
        server_ = make_server(
            io_.get_executor(), pool_, *store_, support::leading(control_), clock_, options_
        );
        EXPECT_TRUE(server_->listen().has_value());
        boost::asio::co_spawn(
            io_,
            [this] { return server_->serve(); },
            boost::asio::bind_cancellation_slot(
                stop_.slot(), [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); }
            )
        );
        loop_ = std::thread([this] { io_.run(); });
    }
    ~ServerTest() override {
        stop();
        std::filesystem::remove_all(logs_);
    }
    void begin_stop() {
        boost::asio::post(io_, [this] { stop_.emit(boost::asio::cancellation_type::terminal); });
    }
    void stop() {
        if (!loop_.joinable()) return;
        begin_stop();
        loop_.join();
    }
    [[nodiscard]] std::string request(
        const std::string& line, const std::string& body = "", const std::string& more = ""
    ) const {
        return line + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token_ + "\r\n" + more +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    boost::asio::io_context io_;
    async::BlockingPool pool_{2};
    core::SystemClock clock_;
    std::unique_ptr<store::RunStore> store_ = store::make_memory_store();
    support::FakeRunControl control_{*store_, clock_};
    std::filesystem::path logs_ =
        std::filesystem::temp_directory_path() / ("reel-server-test-" + std::to_string(::getpid()));
    ServerOptions options_;
    std::unique_ptr<Server> server_;
    boost::asio::cancellation_signal stop_;
    std::thread loop_;
    std::string token_ = make_token("secret", "admin", clock_.now(), std::chrono::hours(1));
};

}  // namespace reel::api
