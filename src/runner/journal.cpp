#include "journal.hpp"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "json_codec.hpp"
#include "reel/core/crash_point.hpp"
#include "reel/runner/unique_fd.hpp"

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

core::Result<void> sync_file(const fs::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd || ::fdatasync(fd.get()) != 0) return fail_errno("cannot sync " + path.string());
    return {};
}

std::optional<std::size_t> slot_of(const fs::path& path) {
    if (path.extension() != ".jsonl") return std::nullopt;
    const std::string stem = path.stem().string();
    std::size_t slot = 0;
    const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), slot);
    if (error != std::errc() || end != stem.data() + stem.size()) return std::nullopt;
    // Another way of writing it is not the file that we would write or empty.
    if (stem != std::to_string(slot)) return std::nullopt;
    return slot;
}

core::AttemptId attempt_of(const Journal::Entry& entry) {
    return std::visit([](const auto& held) { return held.attempt; }, entry);
}

std::optional<Journal::Entry> entry_of(const std::string& line) {
    const json value = json::parse(line, nullptr, false);
    try {
        if (value.contains("running")) return record_from_json(value.at("running"));
        return exit_from_json(value.at("exit"));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

/// The last word in a file; a line without its end was never finished.
std::optional<Journal::Entry> last_entry(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::optional<Journal::Entry> last;
    for (std::string line; std::getline(file, line) && !file.eof();) {
        if (auto entry = entry_of(line)) last = std::move(entry);
    }
    return last;
}

}  // namespace

fs::path Journal::path_of(Slot slot) const {
    return directory_ / (std::to_string(slot) + ".jsonl");
}

void Journal::take_slot(core::AttemptId attempt) {
    slots_[attempt] = free_.empty() ? next_slot_++ : free_.extract(free_.begin()).value();
}

core::Result<void> Journal::append(Slot slot, std::string line) const {
    const fs::path path = path_of(slot);
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) return fail_errno("cannot open " + path.string());
    const off_t size = ::lseek(fd.get(), 0, SEEK_END);
    line += '\n';
    if (size == 0) line.insert(0, 1, '\n');
    auto written = write_all(fd.get(), line, path.string());
    // Half a line would spoil the next one.
    if (!written && ::ftruncate(fd.get(), size) != 0) {
        return fail_errno("cannot mend " + path.string());
    }
    return written;
}

core::Result<void> Journal::write(core::AttemptId attempt, const std::string& line) {
    const bool is_first = !slots_.contains(attempt);
    if (is_first) take_slot(attempt);
    auto written = append(slots_.at(attempt), line);
    if (!written && is_first) forget(attempt);
    return written;
}

core::Result<void> Journal::write_running(const RunningRecord& record) {
    const core::Durably durably(core::Durable::journal_running);
    return write(record.attempt, json{{"running", record_to_json(record)}}.dump());
}

core::Result<void> Journal::write_exit(const ProcessExit& exit) {
    const core::Durably durably(core::Durable::journal_exit);
    auto written = write(exit.attempt, json{{"exit", to_json(exit)}}.dump());
    if (written) fresh_.insert(exit.attempt);
    return written;
}

core::Result<void> Journal::sync() {
    unsynced_.merge(fresh_);
    return sync_lasting();
}

core::Result<void> Journal::sync_lasting() {
    const std::set<core::AttemptId> lasting = std::exchange(unsynced_, std::exchange(fresh_, {}));
    if (lasting.empty()) return {};
    const core::Durably durably(core::Durable::journal_sync);
    for (const core::AttemptId attempt : lasting) {
        const auto synced = sync_file(path_of(slots_.at(attempt)));
        if (!synced) return synced;
    }
    return sync_file(directory_);
}

core::Result<ProcessExit> Journal::read_exit(core::AttemptId attempt) const {
    const auto slot = slots_.find(attempt);
    if (slot == slots_.end()) {
        return core::fail(core::Errc::not_found, "the journal knows no such attempt");
    }
    const fs::path path = path_of(slot->second);
    auto entry = last_entry(path);
    if (!entry || attempt_of(*entry) != attempt) {
        return core::fail(core::Errc::corrupt_data, "cannot read the journal's " + path.string());
    }
    if (auto* const exit = std::get_if<ProcessExit>(&*entry)) return std::move(*exit);
    return core::fail(core::Errc::conflict, "the journal has no exit of the attempt yet");
}

void Journal::forget(core::AttemptId attempt) {
    const auto slot = slots_.extract(attempt);
    if (slot.empty()) return;
    const core::Durably durably(core::Durable::journal_forget);
    unsynced_.erase(attempt);
    fresh_.erase(attempt);
    // One that cannot be emptied is not used again, so that no attempt is taken for another one.
    // The line break at its front stays: a file that was cut down to nothing is written to disk by
    // ext4 whenever it is closed.
    if (::truncate(path_of(slot.mapped()).c_str(), 1) == 0 || errno == ENOENT) {
        free_.insert(slot.mapped());
    }
}

std::vector<Journal::Entry> Journal::load() {
    std::vector<Entry> entries;
    std::error_code error;
    std::set<Slot> taken;
    for (const auto& file : fs::directory_iterator(directory_, error)) {
        const auto slot = slot_of(file.path());
        if (!slot) continue;
        auto entry = last_entry(file.path());
        if (!entry || !slots_.try_emplace(attempt_of(*entry), *slot).second) {
            fs::remove(file.path(), error);
            continue;
        }
        taken.insert(*slot);
        entries.push_back(*std::move(entry));
    }
    next_slot_ = taken.empty() ? 0 : *taken.rbegin() + 1;
    for (Slot slot = 0; slot < next_slot_; ++slot) {
        if (!taken.contains(slot)) free_.insert(slot);
    }
    std::ranges::sort(entries, {}, [](const Entry& entry) { return attempt_of(entry); });
    return entries;
}

}  // namespace reel::runner
