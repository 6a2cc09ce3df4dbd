#include "journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <utility>

#include "journal_words.hpp"
#include "note.hpp"
#include "reel/core/crash_point.hpp"
#include "reel/runner/unique_fd.hpp"

namespace reel::runner {

namespace fs = std::filesystem;

namespace {

core::Result<void> write_at(const fs::path& path, int fd, std::uint64_t at, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::pwrite(fd, text.data(), text.size(), static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_errno("cannot write " + path.string());
        at += static_cast<std::uint64_t>(written);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

core::Result<void> sync_directory(const fs::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
    if (!fd || ::fsync(fd.get()) != 0) return fail_errno("cannot sync " + path.string());
    return {};
}

UniqueFd make_new(const fs::path& path) {
    return UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

std::optional<std::uint64_t> number_of(const fs::path& path) {
    if (path.extension() != ".jsonl") return std::nullopt;
    const std::string stem = path.stem().string();
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    if (error != std::errc() || end != stem.data() + stem.size()) return std::nullopt;
    // Another way of writing it is not the file that we would write or remove.
    if (stem != std::to_string(number)) return std::nullopt;
    return number;
}

using Entries = std::map<core::AttemptId, Journal::Entry>;

/// A line without its end was never finished. Gives whether all of the file could be read.
bool read_into(Entries& entries, const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return false;
    for (std::string line; std::getline(file, line) && !file.eof();) {
        auto word = word_of(line);
        if (!word) continue;
        if (const auto* const over = std::get_if<Over>(&*word)) {
            entries.erase(over->attempt);
        } else if (auto* const exit = std::get_if<ProcessExit>(&*word)) {
            entries.insert_or_assign(exit->attempt, std::move(*exit));
        } else {
            auto& record = std::get<RunningRecord>(*word);
            entries.insert_or_assign(record.attempt, std::move(record));
        }
    }
    return !file.bad();
}

}  // namespace

fs::path Journal::path() const {
    return directory_ / (std::to_string(number_) + ".jsonl");
}

core::Result<void> Journal::open() {
    file_ = make_new(path());
    // One that is there was not seen when the folder was listed: nobody's to overwrite.
    while (!file_ && errno == EEXIST) {
        ++number_;
        file_ = make_new(path());
    }
    size_ = 0;
    has_name_ = false;
    if (!file_) return fail_errno("cannot open " + path().string());
    return {};
}

/// Somebody has removed it, and a later runner would find nothing.
bool Journal::has_vanished() const {
    struct stat status{};
    return file_ && ::fstat(file_.get(), &status) == 0 && status.st_nlink == 0;
}

core::Result<std::uint64_t> Journal::append(std::string_view line) {
    auto ready = !file_ ? open() : has_vanished() ? turn_over() : core::Result<void>();
    if (!ready) return std::unexpected(std::move(ready.error()));
    if (auto written = write_at(path(), file_.get(), size_, line); !written) {
        // Half a line is overwritten by the next one; until then it does no harm without its end.
        static_cast<void>(::ftruncate(file_.get(), static_cast<off_t>(size_)));
        return std::unexpected(std::move(written.error()));
    }
    return std::exchange(size_, size_ + line.size());
}

core::Result<void> Journal::write(core::AttemptId attempt, const std::string& line, bool is_exit) {
    const auto begin = append(line);
    if (!begin) return std::unexpected(begin.error());
    Place& last = places_[attempt];
    useful_ += line.size() - last.size;
    last = {.begin = *begin, .size = line.size(), .is_exit = is_exit};
    return {};
}

core::Result<void> Journal::write_running(const RunningRecord& record) {
    const core::Durably durably(core::Durable::journal_running);
    return write(record.attempt, line_of(record), false);
}

core::Result<void> Journal::write_exit(const ProcessExit& exit) {
    const core::Durably durably(core::Durable::journal_exit);
    auto written = write(exit.attempt, line_of(exit), true);
    if (written) fresh_.insert(exit.attempt);
    return written;
}

core::Result<void> Journal::sync() {
    unsynced_.merge(fresh_);
    return sync_lasting();
}

core::Result<void> Journal::sync_lasting() {
    if (unsynced_.empty()) {
        unsynced_ = std::exchange(fresh_, {});
        return {};
    }
    unsynced_.clear();
    fresh_.clear();
    const core::Durably durably(core::Durable::journal_sync);
    return sync_file();
}

core::Result<void> Journal::sync_file() {
    if (::fdatasync(file_.get()) != 0) return fail_errno("cannot sync " + path().string());
    if (has_name_) return {};
    auto synced = sync_directory(directory_);
    has_name_ = synced.has_value();
    return synced;
}

core::Result<std::string> Journal::read(const Place& place) const {
    std::string line(place.size, '\0');
    const ssize_t count =
        ::pread(file_.get(), line.data(), line.size(), static_cast<off_t>(place.begin));
    if (count != static_cast<ssize_t>(line.size())) {
        return core::fail(core::Errc::corrupt_data, "cannot read the journal's " + path().string());
    }
    return line;
}

core::Result<ProcessExit> Journal::read_exit(core::AttemptId attempt) const {
    const auto place = places_.find(attempt);
    if (place == places_.end()) {
        return core::fail(core::Errc::not_found, "the journal knows no such attempt");
    }
    if (!place->second.is_exit) {
        return core::fail(core::Errc::conflict, "the journal has no exit of the attempt yet");
    }
    const auto line = read(place->second);
    if (!line) return std::unexpected(line.error());
    auto word = word_of(*line);
    auto* const exit = word ? std::get_if<ProcessExit>(&*word) : nullptr;
    if (exit == nullptr || exit->attempt != attempt) {
        return core::fail(core::Errc::corrupt_data, "cannot read the journal's " + path().string());
    }
    return std::move(*exit);
}

bool Journal::holds_exit(core::AttemptId attempt) const {
    const auto place = places_.find(attempt);
    return place != places_.end() && place->second.is_exit;
}

void Journal::forget(core::AttemptId attempt) {
    const auto place = places_.extract(attempt);
    if (place.empty()) return;
    const core::Durably durably(core::Durable::journal_forget);
    useful_ -= place.mapped().size;
    unsynced_.erase(attempt);
    fresh_.erase(attempt);
    const std::string lines = std::exchange(owed_, {}) + forgetting_line(attempt);
    if (const auto told = append(lines); !told) {
        owed_ = lines;
        return note(told.error().describe());
    }
    if (size_ <= turn_bytes_ || useful_ >= size_ / 2) return;
    if (const auto turned = turn_over(); !turned) note(turned.error().describe());
}

/// Where the next file cannot be written, this one goes on.
core::Result<void> Journal::turn_over() {
    Journal next(directory_, turn_bytes_);
    next.number_ = number_ + 1;
    std::error_code ignored;
    if (auto copied = copy_to(next); !copied) {
        if (next.file_) fs::remove(next.path(), ignored);
        return copied;
    }
    next.unsynced_ = std::move(unsynced_);
    next.fresh_ = std::move(fresh_);
    const fs::path old = path();
    *this = std::move(next);
    fs::remove(old, ignored);
    return {};
}

core::Result<void> Journal::copy_to(Journal& next) const {
    if (auto opened = next.open(); !opened) return opened;
    bool holds_exit = false;
    for (const auto& [attempt, place] : places_) {
        const auto line = read(place);
        if (!line) return std::unexpected(line.error());
        if (auto written = next.write(attempt, *line, place.is_exit); !written) return written;
        holds_exit = holds_exit || place.is_exit;
    }
    // Some of them may be safe from a power cut where they are.
    return holds_exit ? next.sync_file() : core::Result<void>();
}

std::vector<Journal::Entry> Journal::load() {
    std::error_code error;
    std::map<std::uint64_t, fs::path> files;
    for (const auto& file : fs::directory_iterator(directory_, error)) {
        if (const auto number = number_of(file.path())) files.emplace(*number, file.path());
    }
    Entries found;
    number_ = files.empty() ? 0 : files.rbegin()->first + 1;
    std::erase_if(files, [&found](const auto& file) {
        if (read_into(found, file.second)) return false;
        note("cannot read the journal's " + file.second.string() + ", it is kept");
        return true;
    });
    std::vector<Entry> entries;
    bool is_copied = true;
    for (auto& [attempt, entry] : found) {
        const bool is_exit = std::holds_alternative<ProcessExit>(entry);
        const auto line = std::visit([](const auto& held) { return line_of(held); }, entry);
        is_copied = write(attempt, line, is_exit).has_value() && is_copied;
        entries.push_back(std::move(entry));
    }
    // The old files stay where there is no room for a copy: the next runner reads them once more.
    if (!is_copied || (!entries.empty() && !sync())) return entries;
    for (const auto& [number, path] : files) fs::remove(path, error);
    return entries;
}

}  // namespace reel::runner
