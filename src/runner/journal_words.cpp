#include "journal_words.hpp"

#include <exception>
#include <nlohmann/json.hpp>

#include "json_codec.hpp"

namespace reel::runner {

using nlohmann::json;

namespace {

json record_to_json(const RunningRecord& record) {
    return json{
        {"attempt", record.attempt},
        {"marker", record.marker},
        {"pid", record.pid},
        {"pid_start", record.pid_start.first},
        {"pid_start_until", record.pid_start.last},
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
    record.pid_start.first = value.at("pid_start").get<std::uint64_t>();
    // One number in the journals of older versions.
    record.pid_start.last = value.value("pid_start_until", record.pid_start.first);
    record.boot_id = value.at("boot_id").get<std::string>();
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
    return json{{"running", record_to_json(record)}}.dump() + '\n';
}

std::string line_of(const ProcessExit& exit) {
    return json{{"exit", to_json(exit)}}.dump() + '\n';
}

std::string forgetting_line(core::AttemptId attempt) {
    return json{{"forgotten", attempt}}.dump() + '\n';
}

}  // namespace reel::runner
