#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>

#include "reel/postgres/database.hpp"
#include "reel/postgres/embedded_cluster.hpp"

namespace reel::postgres {

/// A folder under /tmp that only we may enter, gone at the end.
class PrivateFolder final {
  public:
    PrivateFolder();
    ~PrivateFolder();
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// A cluster for one test that stops and restarts it; stopped at the end.
class OwnCluster final {
  public:
    OwnCluster() : OwnCluster("pg") {}
    explicit OwnCluster(const std::filesystem::path& below);
    ~OwnCluster();
    OwnCluster(const OwnCluster&) = delete;
    OwnCluster& operator=(const OwnCluster&) = delete;

    [[nodiscard]] core::Result<std::unique_ptr<EmbeddedCluster>> start() const;
    [[nodiscard]] EmbeddedCluster& cluster() const { return *cluster_; }
    [[nodiscard]] std::filesystem::path directory() const { return options_.directory; }
    [[nodiscard]] EmbeddedClusterOptions options() const { return options_; }
    [[nodiscard]] pid_t postmaster() const;
    /// kill -9, and waits until the process is gone.
    void kill_postmaster() const;
    [[nodiscard]] std::string uri(const std::string& database = "postgres") const;

  private:
    PrivateFolder folder_;
    EmbeddedClusterOptions options_;
    std::unique_ptr<EmbeddedCluster> cluster_;
};

/// Tests that share one cluster; it runs when a test begins, whatever the one before did to it.
class SharedClusterTest : public testing::Test {
  protected:
    static void SetUpTestSuite() { shared_ = std::make_unique<OwnCluster>(); }
    static void TearDownTestSuite() { shared_.reset(); }
    void SetUp() override { ASSERT_TRUE(own.cluster().ensure_running()); }

    const OwnCluster& own = *shared_;

  private:
    static std::unique_ptr<OwnCluster> shared_;
};

/// What `action` throws; fails the test when it throws nothing.
[[nodiscard]] DatabaseError database_error_of(const std::function<void()>& action);

}  // namespace reel::postgres
