#include "integration/postgres/own_cluster.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>

namespace reel::postgres {

namespace fs = std::filesystem;

PrivateFolder::PrivateFolder() {
    std::array<char, 64> name{"/tmp/reel-postgres-test-XXXXXX"};
    path_ = ::mkdtemp(name.data());
}

PrivateFolder::~PrivateFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

OwnCluster::OwnCluster(const fs::path& below) {
    options_.directory = folder_.path() / below;
    options_.durable = false;
    auto started = start();
    if (!started) throw std::runtime_error(started.error().describe());
    cluster_ = std::move(*started);
}

OwnCluster::~OwnCluster() {
    [[maybe_unused]] const auto ignored = cluster_->stop();
}

core::Result<std::unique_ptr<EmbeddedCluster>> OwnCluster::start() const {
    return start_embedded_cluster(options_);
}

pid_t OwnCluster::postmaster() const {
    std::ifstream file(directory() / "data" / "postmaster.pid");
    pid_t pid = 0;
    file >> pid;
    return pid;
}

void OwnCluster::kill_postmaster() const {
    const pid_t pid = postmaster();
    ASSERT_GT(pid, 1);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

std::string OwnCluster::uri(const std::string& database) const {
    return cluster_->uri(database).value();
}

std::unique_ptr<OwnCluster> SharedClusterTest::shared_;

DatabaseError database_error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const DatabaseError& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {FailureKind::bug, "", ""};
}

}  // namespace reel::postgres
