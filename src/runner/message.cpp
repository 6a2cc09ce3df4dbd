#include "message.hpp"

#include <cstdint>
#include <stdexcept>

#include "json_codec.hpp"

namespace reel::runner {

using nlohmann::json;

namespace {

struct Encoder {
    json operator()(const Hello& m) const { return {{"type", "hello"}, {"protocol", m.protocol}}; }
    json operator()(const Expect& m) const {
        return {
            {"type", "expect"},
            {"attempt", m.attempt},
            {"log_file", bytes_to_json(m.log_file)},
            {"log_header", bytes_to_json(m.log_header)}
        };
    }
    json operator()(const Start& m) const { return {{"type", "start"}, {"spec", to_json(m.spec)}}; }
    json operator()(const Cancel& m) const { return {{"type", "cancel"}, {"attempt", m.attempt}}; }
    json operator()(const Acknowledge& m) const {
        return {{"type", "acknowledge"}, {"attempt", m.attempt}};
    }
    json operator()(const Detach& m) const {
        return {{"type", "detach"}, {"end_when_idle", m.end_when_idle}};
    }
    json operator()(const Heartbeat&) const { return {{"type", "heartbeat"}}; }
    json operator()(const Welcome& m) const {
        json running = json::array();
        for (const auto& start : m.running) running.push_back(to_json(start));
        return {
            {"type", "welcome"},
            {"pid", m.pid},
            {"lease", m.lease.count()},
            {"running", running},
            {"ended", m.ended}
        };
    }
    json operator()(const Refused& m) const { return {{"type", "refused"}, {"reason", m.reason}}; }
    json operator()(const Replaced&) const { return {{"type", "replaced"}}; }
    json operator()(const Started& m) const {
        return {{"type", "started"}, {"start", to_json(m.start)}};
    }
    json operator()(const Exited& m) const {
        return {{"type", "exited"}, {"exit", to_json(m.exit)}};
    }
    json operator()(const Forgotten& m) const {
        return {{"type", "forgotten"}, {"attempt", m.attempt}};
    }
};

core::AttemptId attempt_of(const json& value) {
    return value.at("attempt").get<core::AttemptId>();
}

Welcome welcome_from_json(const json& value) {
    Welcome welcome;
    welcome.pid = value.at("pid").get<int>();
    welcome.lease = core::Duration(value.at("lease").get<std::int64_t>());
    const json& running = value.at("running");
    if (!running.is_array()) throw std::invalid_argument("not a list");
    for (const auto& start : running) {
        welcome.running.push_back(start_from_json(start));
    }
    welcome.ended = value.at("ended").get<std::size_t>();
    return welcome;
}

core::Result<Message> message_from_json(const json& value) {
    const auto& type = value.at("type").get_ref<const std::string&>();
    if (type == "hello") return Hello{value.at("protocol").get<int>()};
    if (type == "expect") {
        return Expect{
            attempt_of(value),
            bytes_from_json(value.at("log_file")),
            bytes_from_json(value.at("log_header"))
        };
    }
    if (type == "start") return Start{spec_from_json(value.at("spec"))};
    if (type == "cancel") return Cancel{attempt_of(value)};
    if (type == "acknowledge") return Acknowledge{attempt_of(value)};
    if (type == "detach") return Detach{value.at("end_when_idle").get<bool>()};
    if (type == "heartbeat") return Heartbeat{};
    if (type == "welcome") return welcome_from_json(value);
    if (type == "refused") return Refused{value.at("reason").get<std::string>()};
    if (type == "replaced") return Replaced{};
    if (type == "started") return Started{start_from_json(value.at("start"))};
    if (type == "exited") return Exited{exit_from_json(value.at("exit"))};
    if (type == "forgotten") return Forgotten{attempt_of(value)};
    return core::fail(core::Errc::corrupt_data, "a message of an unknown type arrived");
}

}  // namespace

std::string encode(const Message& message) {
    return std::visit(Encoder{}, message).dump();
}

core::Result<Message> decode(std::string_view text) {
    const json value = json::parse(text, nullptr, false);
    if (value.is_discarded()) {
        return core::fail(core::Errc::corrupt_data, "a message that is not JSON arrived");
    }
    try {
        return message_from_json(value);
    } catch (const std::exception&) {
        // The exception's text may quote the message, and that may hold a secret.
        return core::fail(
            core::Errc::corrupt_data, "a message with a missing or wrong field arrived"
        );
    }
}

}  // namespace reel::runner
