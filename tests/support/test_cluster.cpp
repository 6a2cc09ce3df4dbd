#include "support/test_cluster.hpp"

#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "reel/postgres/embedded_cluster.hpp"
#include "reel/postgres/link.hpp"

namespace reel::support {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "reel-test-cluster-";
constexpr std::uintmax_t enough = std::uintmax_t{6} << 30U;

/// In memory, where there is room: the end of hundreds of databases, 300 files each, keeps a disk
/// busy for minutes.
fs::path folder_of_clusters() {
    const fs::path in_memory = "/dev/shm";
    std::error_code error;
    const auto space = fs::space(in_memory, error);
    const bool is_open = !error && ::access(in_memory.c_str(), W_OK | X_OK) == 0;
    return is_open && space.available >= enough ? in_memory : fs::temp_directory_path();
}

std::unique_ptr<postgres::EmbeddedCluster> start(const fs::path& folder) {
    postgres::EmbeddedClusterOptions options;
    options.directory = folder / "pg";
    options.durable = false;
    auto cluster = postgres::start_embedded_cluster(options);
    if (!cluster) throw std::runtime_error(cluster.error().describe());
    return std::move(*cluster);
}

void stop_and_remove(const fs::path& folder) {
    try {
        if (fs::exists(folder / "pg" / "data" / "postmaster.pid")) {
            [[maybe_unused]] const auto stopped = start(folder)->stop();
        }
    } catch (const std::exception&) {
        // Another root's user owns it: its server, if there still is one, ends without its folder.
    }
    std::error_code ignored;
    fs::remove_all(folder, ignored);
}

/// A test process that was killed could not stop its server; nor could one that had our pid.
void remove_orphans() {
    for (const auto& entry : fs::directory_iterator(folder_of_clusters())) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(prefix)) continue;
        pid_t owner = 0;
        std::from_chars(name.data() + prefix.size(), name.data() + name.size(), owner);
        const bool is_over = owner == ::getpid() || (owner > 0 && ::kill(owner, 0) != 0);
        if (is_over) stop_and_remove(entry.path());
    }
}

/// A password's 4,096 rounds, on both sides of thousands of connections, would be most of the time.
/// Clusters that are tested themselves keep theirs.
void trust_its_user(const fs::path& folder, postgres::EmbeddedCluster& cluster) {
    std::ofstream(folder / "pg" / "data" / "pg_hba.conf")
        << "local all reel trust\nlocal all all scram-sha-256\n";
    const auto uri = cluster.uri("postgres");
    if (!uri) throw std::runtime_error(uri.error().describe());
    postgres::Link(*uri).exec("SELECT pg_reload_conf()");
}

class TestCluster final {
  public:
    TestCluster()
        : folder_(folder_of_clusters() / (std::string(prefix) + std::to_string(::getpid()))) {
        remove_orphans();
        cluster_ = start(folder_);
        trust_its_user(folder_, *cluster_);
    }
    ~TestCluster() {
        [[maybe_unused]] const auto stopped = cluster_->stop();
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    TestCluster(const TestCluster&) = delete;
    TestCluster& operator=(const TestCluster&) = delete;

    std::string fresh_database() {
        auto uri = cluster_->uri("test_" + std::to_string(++databases_));
        if (!uri) throw std::runtime_error(uri.error().describe());
        return *uri;
    }

  private:
    fs::path folder_;
    std::unique_ptr<postgres::EmbeddedCluster> cluster_;
    int databases_ = 0;
};

}  // namespace

std::string test_database() {
    static TestCluster cluster;
    return cluster.fresh_database();
}

}  // namespace reel::support
