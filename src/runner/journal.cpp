#include "journal.hpp"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "json_codec.hpp"
#include "unique_fd.hpp"

namespace reel::runner {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

json record_to_json(const RunningRecord& record) {
    return json{
        {"attempt", record.attempt},
        {"marker", record.marker},
        {"pid", record.pid},
        {"pid_start", record.pid_start},
        {"boot_id", record.boot_id},
        {"started_at", timestamp_to_json(record.started_at)},
        {"kill_grace", record.kill_grace.count()},
        {"log_file", bytes_to_json(record.log_file.native())},
        {"log_begin", record.log_begin},
    };
}

RunningRecord record_from_json(const json& value) {
    RunningRecord record;
    record.attempt = value.at("attempt").get<core::AttemptId>();
    record.marker = value.at("marker").get<std::string>();
    record.pid = value.at("pid").get<int>();
    record.pid_start = value.at("pid_start").get<std::uint64_t>();
    record.boot_id = value.at("boot_id").get<std::string>();
    record.started_at = timestamp_from_json(value.at("started_at"));
    record.kill_grace = core::Duration(value.at("kill_grace").get<core::Duration::rep>());
    record.log_file = bytes_from_json(value.at("log_file"));
    record.log_begin = value.at("log_begin").get<std::uint64_t>();
    return record;
}

core::Result<void> write_all(int fd, std::string_view text, const std::string& what) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_errno("cannot write " + what);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

core::Result<void> sync_directory(const fs::path& directory) {
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) return fail_errno("cannot sync " + directory.string());
    return {};
}

std::optional<core::AttemptId> attempt_of(const fs::path& path) {
    if (path.extension() != ".json") return std::nullopt;
    const std::string stem = path.stem().string();
    core::AttemptId attempt = 0;
    const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), attempt);
    if (error != std::errc() || end != stem.data() + stem.size()) return std::nullopt;
    // Another way of writing it is not the file that we would write or remove.
    if (stem != std::to_string(attempt)) return std::nullopt;
    return attempt;
}

core::AttemptId attempt_of(const Journal::Entry& entry) {
    return std::visit([](const auto& held) { return held.attempt; }, entry);
}

Journal::Entry entry_from_json(const json& value) {
    if (value.contains("running")) return record_from_json(value.at("running"));
    return exit_from_json(value.at("exit"));
}

core::Result<Journal::Entry> read_entry(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const json value = json::parse(text, nullptr, false);
    const auto damaged =
        core::fail(core::Errc::corrupt_data, "cannot read the journal's " + path.string());
    try {
        Journal::Entry entry = entry_from_json(value);
        if (attempt_of(entry) != attempt_of(path)) return damaged;
        return entry;
    } catch (const std::exception&) {
        return damaged;
    }
}

}  // namespace

fs::path Journal::path_of(core::AttemptId attempt) const {
    return directory_ / (std::to_string(attempt) + ".json");
}

core::Result<void> Journal::replace(core::AttemptId attempt, std::string_view text, bool durable)
    const {
    const fs::path path = path_of(attempt);
    const fs::path part = path.string() + ".part";
    const UniqueFd fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd) return fail_errno("cannot create " + part.string());
    if (auto written = write_all(fd.get(), text, part.string()); !written) return written;
    if (durable && ::fsync(fd.get()) != 0) return fail_errno("cannot sync " + part.string());
    if (::rename(part.c_str(), path.c_str()) != 0) {
        return fail_errno("cannot rename " + part.string());
    }
    return durable ? sync_directory(directory_) : core::Result<void>();
}

core::Result<void> Journal::write_running(const RunningRecord& record) const {
    return replace(record.attempt, json{{"running", record_to_json(record)}}.dump(), false);
}

core::Result<void> Journal::write_exit(const ProcessExit& exit) const {
    return replace(exit.attempt, json{{"exit", to_json(exit)}}.dump(), true);
}

core::Result<ProcessExit> Journal::read_exit(core::AttemptId attempt) const {
    auto entry = read_entry(path_of(attempt));
    if (!entry) return std::unexpected(std::move(entry.error()));
    if (auto* const exit = std::get_if<ProcessExit>(&*entry)) return std::move(*exit);
    return core::fail(core::Errc::conflict, "the journal has no exit of the attempt yet");
}

void Journal::forget(core::AttemptId attempt) const {
    std::error_code ignored;
    fs::remove(path_of(attempt), ignored);
}

std::vector<Journal::Entry> Journal::load() const {
    std::vector<Entry> entries;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(directory_, error)) {
        const auto attempt = attempt_of(file.path());
        if (!attempt) {
            std::error_code ignored;
            if (file.path().extension() == ".part") fs::remove(file.path(), ignored);
            continue;
        }
        RunningRecord unknown;
        unknown.attempt = *attempt;
        entries.push_back(read_entry(file.path()).value_or(unknown));
    }
    std::ranges::sort(entries, {}, [](const Entry& entry) { return attempt_of(entry); });
    return entries;
}

}  // namespace reel::runner
