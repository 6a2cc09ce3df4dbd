#include "cluster_setup.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <sys/statvfs.h>

#include <array>
#include <clocale>
#include <system_error>

#include "postmaster.hpp"
#include "process.hpp"
#include "reel/core/crash_point.hpp"
#include "scram.hpp"
#include "server_log.hpp"

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;

/// For initdb alone.
constexpr const char* verifier_name = "verifier";
constexpr std::uintmax_t least_free_bytes = 100'000'000;

std::string random_password() {
    std::array<unsigned char, 32> bytes{};
    std::array<char, 2 * bytes.size() + 1> hex{};
    randombytes_buf(bytes.data(), bytes.size());
    sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
    return hex.data();
}

/// Sorting by code point, letters of all languages; not every system has it.
std::string best_locale() {
    const locale_t found = ::newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
    if (found == nullptr) return "C";
    ::freelocale(found);
    return "C.UTF-8";
}

std::vector<std::string> initdb_command(const fs::path& binaries, bool durable) {
    std::vector<std::string> argv = {
        (binaries / "initdb").string(),
        "-D",
        inherited_folder,
        "--username=reel",
        fmt::format("--pwfile={}/../{}", inherited_folder, verifier_name),
        "--auth-local=scram-sha-256",
        "--auth-host=reject",
        "--encoding=UTF8",
        "--locale=" + best_locale(),
    };
    if (!durable) argv.emplace_back("--no-sync");
    return argv;
}

}  // namespace

ClusterLayout::ClusterLayout(const fs::path& folder)
    : directory(folder),
      data(folder / "data"),
      socket(folder / "socket"),
      log(folder / "server.log"),
      password(folder / "password"),
      start_lock(folder / "start.lock") {}

core::Result<void> check_free_space(const fs::path& folder, std::uintmax_t least_bytes) {
    struct statvfs status{};
    if (::statvfs(folder.c_str(), &status) != 0) return {};
    if (std::uintmax_t{status.f_bavail} * status.f_frsize >= least_bytes) return {};
    return core::fail(
        core::Errc::unavailable,
        fmt::format("the disk is full: a new database needs {} MB", least_bytes / 1'000'000),
        "free some space or choose another home with REEL_HOME",
        folder.string()
    );
}

core::Result<void> create_cluster(
    const fs::path& binaries, const ClusterLayout& layout, const Owner& owner, bool durable
) {
    if (auto enough = check_free_space(layout.directory, least_free_bytes); !enough) return enough;
    const fs::path fresh = layout.directory / "data.new";
    const core::Durably durably(core::Durable::make_cluster);
    const fs::path output = layout.directory / "initdb.log";
    std::error_code error;
    fs::remove_all(fresh, error);
    fs::remove(output, error);
    if (auto made = make_private_folder(fresh, owner); !made) return made;
    const std::string password = random_password();
    const fs::path verifier = layout.directory / verifier_name;
    auto written = write_private_file(layout.password, password + "\n", owner);
    if (written) written = write_private_file(verifier, quick_verifier(password) + "\n", owner);
    if (!written) return written;

    const auto succeeded = run({initdb_command(binaries, durable), owner, fresh, output});
    fs::remove(verifier, error);
    if (!succeeded) return std::unexpected(succeeded.error());
    if (!*succeeded) {
        return std::unexpected(
            explain_failure("cannot make a database", read_log(output, 0), output)
        );
    }
    fs::rename(fresh, layout.data, error);
    if (!error) return {};
    return core::fail(
        core::Errc::unavailable,
        "cannot put the new database in its place: " + error.message(),
        "move what stands there away",
        layout.data.string()
    );
}

std::vector<std::string> server_command(
    const fs::path& binaries, const ClusterLayout& layout, bool durable
) {
    std::vector<std::string> settings = {
        "listen_addresses=",
        "unix_socket_directories=../socket",
        "unix_socket_permissions=0700",
        fmt::format("{}={}", cluster_mark_setting, cluster_mark(layout.data)),
        "cluster_name=reel",
        "shared_buffers=128MB",
        "work_mem=32MB",
        "maintenance_work_mem=256MB",
        "max_wal_size=2GB",
        "checkpoint_timeout=15min",
        // Nothing replicates a private server, and COPY into a new table then writes no log.
        "wal_level=minimal",
        "max_wal_senders=0",
        "random_page_cost=1.1",
        "jit=off",
        // Its user is called reel as well: "$user" would put people's tables into schema reel.
        "search_path=public",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_checkpoints=off",
        "logging_collector=off",
    };
    if (!durable) {
        for (const char* name : {"fsync", "full_page_writes"}) {
            settings.push_back(fmt::format("{}=off", name));
        }
    }
    std::vector<std::string> argv = {(binaries / "postgres").string(), "-D", inherited_folder};
    for (std::string& setting : settings) {
        argv.emplace_back("-c");
        argv.push_back(std::move(setting));
    }
    return argv;
}

}  // namespace reel::postgres
