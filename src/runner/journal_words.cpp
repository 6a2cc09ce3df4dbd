#include "journal_words.hpp"

#include <fmt/format.h>

#include <exception>
#include <nlohmann/json.hpp>
#include <string_view>

#include "json_codec.hpp"

namespace reel::runner {

using nlohmann::json;

namespace {

std::string to_json_text(const RunningRecord& record) {
    ObjectText text;
    text.add("attempt", record.attempt);
    text.add("marker", record.marker);
    text.add("pid", record.pid);
    text.add("pid_start", record.pid_start.first);
    text.add("pid_start_until", record.pid_start.last);
    text.add("boot_id", record.boot_id);
    text.add("started_at", record.started_at);
    text.add("kill_grace", record.kill_grace);
    text.add("log_file", std::string_view(record.log_file.native()));
    text.add("log_begin", record.log_begin);
    return text.take();
}

RunningRecord record_from_json(const json& value) {
    RunningRecord record;
    record.attempt = value.at("attempt").get<core::AttemptId>();
    record.marker = bytes_from_json(value.at("marker"));
    record.pid = value.at("pid").get<int>();
    record.pid_start.first = value.at("pid_start").get<std::uint64_t>();
    // One number in the journals of older versions.
    record.pid_start.last = value.value("pid_start_until", record.pid_start.first);
    record.boot_id = bytes_from_json(value.at("boot_id"));
    record.started_at = timestamp_from_json(value.at("started_at"));
    record.kill_grace = core::Duration(value.at("kill_grace").get<core::Duration::rep>());
    record.log_file = bytes_from_json(value.at("log_file"));
    record.log_begin = value.at("log_begin").get<std::uint64_t>();
    return record;
}

}  // namespace

std::optional<Word> word_of(const std::string& line) {
    const json value = json::parse(line, nullptr, false);
    try {
        if (value.contains("running")) return record_from_json(value.at("running"));
        if (value.contains("forgotten")) return Over{value.at("forgotten").get<core::AttemptId>()};
        return exit_from_json(value.at("exit"));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string line_of(const RunningRecord& record) {
    return fmt::format("{{\"running\":{}}}\n", to_json_text(record));
}

std::string line_of(const ProcessExit& exit) {
    return fmt::format("{{\"exit\":{}}}\n", to_json_text(exit));
}

std::string forgetting_line(core::AttemptId attempt) {
    return fmt::format("{{\"forgotten\":{}}}\n", attempt);
}

}  // namespace reel::runner
