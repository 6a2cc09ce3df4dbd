#include "reel/postgres/embedded_cluster.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <set>
#include <thread>

#include "binaries.hpp"
#include "cluster_setup.hpp"
#include "owner.hpp"
#include "postmaster.hpp"
#include "process.hpp"
#include "reel/postgres/link.hpp"
#include "scram.hpp"
#include "server_log.hpp"
#include "socket_path.hpp"

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds stop_timeout{60};

/// Held while a cluster is made or started, so that two programs do not do it at once.
class StartLock final {
  public:
    explicit StartLock(const fs::path& file)
        : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        if (descriptor_ >= 0) ::flock(descriptor_, LOCK_EX);
    }
    ~StartLock() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    StartLock(const StartLock&) = delete;
    StartLock& operator=(const StartLock&) = delete;

  private:
    int descriptor_;
};

std::string first_line(const fs::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

class PrivateCluster final : public EmbeddedCluster {
  public:
    PrivateCluster(EmbeddedClusterOptions options, Owner owner)
        : options_(std::move(options)), owner_(std::move(owner)), layout_(options_.directory) {}

    core::Result<void> ensure_running() override {
        for (const fs::path& folder : {layout_.directory, layout_.socket}) {
            if (auto made = make_private_folder(folder, owner_); !made) return made;
        }
        const StartLock lock(layout_.start_lock);
        if (auto started = start_if_down(); !started) return started;
        password_ = first_line(layout_.password);
        if (password_.empty()) {
            return core::fail(
                core::Errc::corrupt_data,
                "the file with the database's password is missing or empty",
                "put it back, or move the pg folder away to begin anew",
                layout_.password.string()
            );
        }
        auto folder = reachable_socket_folder(layout_.socket, cluster_mark(layout_.data));
        if (!folder) return std::unexpected(folder.error());
        client_socket_ = *folder;
        return {};
    }

    core::Result<std::string> uri(const std::string& database) override;

    core::Result<void> stop() override {
        const auto server = find_postmaster(layout_.data);
        if (!server) return {};
        ::kill(server->pid, SIGINT);
        const auto deadline = steady_clock::now() + stop_timeout;
        while (is_running()) {
            if (steady_clock::now() > deadline) {
                return core::fail(
                    core::Errc::timed_out,
                    fmt::format("PostgreSQL (process {}) did not stop in time", server->pid),
                    "see its log",
                    layout_.log.string()
                );
            }
            std::this_thread::sleep_for(milliseconds(2));
        }
        return {};
    }

    [[nodiscard]] bool is_running() const override {
        has_ended();
        return find_postmaster(layout_.data).has_value();
    }

  private:
    core::Result<void> start_if_down() {
        log_begin_ = log_size();
        if (find_postmaster(layout_.data)) return wait_until_ready();
        const std::string version = first_line(layout_.data / "PG_VERSION");
        auto binaries = find_binaries({options_.binaries, version, options_.search_path});
        if (!binaries) return std::unexpected(binaries.error());
        if (version.empty()) {
            auto made = create_cluster(*binaries, layout_, owner_, options_.durable);
            if (!made) return made;
        }
        return start(*binaries);
    }

    core::Result<void> start(const fs::path& binaries) {
        const auto deadline = steady_clock::now() + seconds(options_.start_timeout_seconds);
        while (true) {
            clear_leftovers(layout_.data, layout_.socket);
            log_begin_ = log_size();
            const auto pid = spawn(
                {server_command(binaries, layout_, options_.durable),
                 owner_,
                 layout_.data,
                 layout_.log}
            );
            if (!pid) return std::unexpected(pid.error());
            child_ = *pid;
            auto ready = wait_until_ready();
            const bool again =
                !ready && !child_ && is_still_ending(read_log(layout_.log, log_begin_));
            if (!again || steady_clock::now() > deadline) return ready;
            std::this_thread::sleep_for(milliseconds(50));
        }
    }

    core::Result<void> wait_until_ready() {
        const auto deadline = steady_clock::now() + seconds(options_.start_timeout_seconds);
        const bool started_here = child_.has_value();
        while (steady_clock::now() < deadline) {
            const bool ended = has_ended();
            const auto server = find_postmaster(layout_.data);
            if (server && server->is_ready) return {};
            if (ended || (!started_here && !server)) {
                return std::unexpected(explain_failure(
                    "PostgreSQL did not start", read_log(layout_.log, log_begin_), layout_.log
                ));
            }
            std::this_thread::sleep_for(milliseconds(2));
        }
        return core::fail(
            core::Errc::timed_out,
            fmt::format(
                "PostgreSQL was not ready after {} seconds", options_.start_timeout_seconds
            ),
            "it may still be recovering; its log tells",
            layout_.log.string()
        );
    }

    [[nodiscard]] std::uintmax_t log_size() const {
        std::error_code missing;
        const std::uintmax_t size = fs::file_size(layout_.log, missing);
        return missing ? 0 : size;
    }

    /// True when the server that this object started has just ended; clears it away.
    bool has_ended() const {
        if (!child_) return false;
        int status = 0;
        const pid_t ended = ::waitpid(*child_, &status, WNOHANG);
        if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
        child_.reset();
        return true;
    }

    EmbeddedClusterOptions options_;
    Owner owner_;
    ClusterLayout layout_;
    fs::path client_socket_;
    std::string password_;
    std::uintmax_t log_begin_ = 0;
    mutable std::optional<pid_t> child_;
    std::set<std::string> known_databases_ = {"postgres"};
};

/// For clusters that an earlier Reel made: their password is random, too, unless a person has
/// chosen another one.
void quicken_logins(Link& link, const std::string& password) {
    constexpr std::size_t least_random = 48;
    if (password.size() < least_random) return;
    constexpr const char* is_slow =
        "select from pg_authid where rolname = 'reel' and rolpassword not like 'SCRAM-SHA-256$1:%'";
    if (link.exec(is_slow).empty()) return;
    try {
        link.exec(fmt::format("alter role reel password '{}'", quick_verifier(password)));
    } catch (const DatabaseError& error) {
        // Another process of this home does it at this moment, or the next start will.
        if (error.kind() == FailureKind::transient) throw;
    }
}

void make_database_if_missing(Link& link, const std::string& database) {
    if (!link.exec("select 1 from pg_database where datname = $1", {database}).empty()) return;
    try {
        link.exec("create database " + link.quote_identifier(database));
    } catch (const DatabaseError& error) {
        // Another process of this home was faster.
        const bool is_there = error.sqlstate() == "42P04" || error.sqlstate() == "23505";
        if (!is_there) throw;
    }
}

core::Result<std::string> PrivateCluster::uri(const std::string& database) {
    const auto uri_of = [&](const std::string& name) {
        return fmt::format(
            "postgresql://reel:{}@/{}?host={}",
            password_,
            percent_encoded(name),
            percent_encoded(client_socket_.string())
        );
    };
    if (known_databases_.contains(database)) return uri_of(database);
    try {
        Link link(uri_of("postgres"));
        quicken_logins(link, password_);
        make_database_if_missing(link, database);
    } catch (const DatabaseError& error) {
        return core::fail(
            core::Errc::unavailable,
            fmt::format("cannot make the database \"{}\": {}", database, error.what()),
            "",
            layout_.directory.string()
        );
    }
    known_databases_.insert(database);
    return uri_of(database);
}

}  // namespace

core::Result<std::unique_ptr<EmbeddedCluster>> start_embedded_cluster(EmbeddedClusterOptions options
) {
    if (sodium_init() < 0) {
        return core::fail(core::Errc::internal, "the source of random numbers does not work");
    }
    auto owner = find_owner(options.run_as_user);
    if (!owner) return std::unexpected(owner.error());
    std::error_code error;
    options.directory = fs::absolute(options.directory, error);
    auto cluster = std::make_unique<PrivateCluster>(std::move(options), std::move(*owner));
    if (auto running = cluster->ensure_running(); !running) {
        return std::unexpected(running.error());
    }
    return cluster;
}

}  // namespace reel::postgres
