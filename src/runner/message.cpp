#include "message.hpp"

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "wire.hpp"

namespace reel::runner {

using nlohmann::json;

namespace {

template <class T, class Kind>
concept Is = std::same_as<std::remove_const_t<T>, Kind>;

// The fields of each kind, once for both ways.

void pass(auto& wire, Is<ProcessSpec> auto& spec) {
    wire(spec.attempt, spec.argv, spec.environment, spec.working_directory, spec.log_file);
    wire(spec.log_header, spec.input, spec.timeout, spec.kill_grace);
}
void pass(auto& wire, Is<ProcessStart> auto& start) {
    wire(start.attempt, start.pid, start.at);
}
void pass(auto& wire, Is<ProcessExit> auto& exit) {
    wire(exit.attempt, exit.end, exit.code, exit.started_at, exit.ended_at, exit.output);
    wire(exit.output_truncated, exit.last_line, exit.message, exit.user_microseconds);
    wire(exit.system_microseconds, exit.max_rss_kilobytes, exit.pid);
    wire.require(exit.end >= ProcessEnd::exited && exit.end <= ProcessEnd::not_started);
}
void pass(auto& wire, Is<CommonEnvironment> auto& m) {
    wire(m.variables);
}
void pass(auto& wire, Is<Expect> auto& m) {
    wire(m.attempt, m.log_file, m.log_header);
}
void pass(auto& wire, Is<Start> auto& m) {
    wire(m.has_common_environment);
    pass(wire, m.spec);
}
void pass(auto& wire, Is<Cancel> auto& m) {
    wire(m.attempt);
}
void pass(auto& wire, Is<Acknowledge> auto& m) {
    wire(m.attempt);
}
void pass(auto& wire, Is<Heartbeat> auto& /*m*/) {
    wire();
}
void pass(auto& wire, Is<Welcome> auto& m) {
    auto count = m.running.size();
    wire(m.pid, m.lease, m.ended, count);
    if constexpr (!std::is_const_v<std::remove_reference_t<decltype(m)>>) {
        for (; count > 0 && !wire.is_broken(); --count) pass(wire, m.running.emplace_back());
    } else {
        for (const auto& start : m.running) pass(wire, start);
    }
}
void pass(auto& wire, Is<Replaced> auto& /*m*/) {
    wire();
}
void pass(auto& wire, Is<Started> auto& m) {
    pass(wire, m.start);
}
void pass(auto& wire, Is<Exited> auto& m) {
    pass(wire, m.exit);
}
void pass(auto& wire, Is<Forgotten> auto& m) {
    wire(m.attempt);
}

/// How two programs find out whether they speak the same version, and part where they do not: in
/// every version the same.
template <class T>
constexpr bool is_handshake =
    std::same_as<T, Hello> || std::same_as<T, Refused> || std::same_as<T, Detach>;

json to_json(const Hello& m) {
    return {{"type", "hello"}, {"protocol", m.protocol}};
}
json to_json(const Refused& m) {
    return {{"type", "refused"}, {"reason", m.reason}, {"protocol", m.protocol}};
}
json to_json(const Detach& m) {
    return {{"type", "detach"}, {"end_when_idle", m.end_when_idle}};
}

constexpr int last_untold_protocol = 4;

std::unexpected<core::Error> not_ours(const char* message) {
    return core::fail(core::Errc::corrupt_data, message);
}

core::Result<Message> decode_handshake(std::string_view text) {
    const json value = json::parse(text, nullptr, false);
    const json type = value.is_object() ? value.value("type", json()) : json();
    // An exception's text may quote the message, and that may hold a secret.
    if (type == "hello" && value.value("protocol", json()).is_number_integer()) {
        return Hello{value["protocol"].get<int>()};
    }
    if (type == "refused" && value.value("reason", json()).is_string()) {
        const json protocol = value.value("protocol", json(last_untold_protocol));
        return Refused{
            .reason = value["reason"].get<std::string>(),
            .protocol = protocol.is_number_integer() ? protocol.get<int>() : last_untold_protocol,
        };
    }
    if (type == "detach" && value.value("end_when_idle", json()).is_boolean()) {
        return Detach{value["end_when_idle"].get<bool>()};
    }
    return not_ours("a greeting of an unknown kind arrived");
}

template <std::size_t kind = 0>
core::Result<Message> decode_as(std::size_t wanted, std::string_view fields) {
    if constexpr (kind == std::variant_size_v<Message>) {
        return not_ours("a message of an unknown type arrived");
    } else {
        if (kind != wanted) return decode_as<kind + 1>(wanted, fields);
        using Kind = std::variant_alternative_t<kind, Message>;
        if constexpr (is_handshake<Kind>) {
            return not_ours("a message of an unknown type arrived");
        } else {
            Kind message;
            WireReader wire(fields);
            pass(wire, message);
            if (!wire.is_whole()) return not_ours("a message that is cut or damaged arrived");
            return message;
        }
    }
}

}  // namespace

std::string encode(const Message& message) {
    return std::visit(
        [&message]<class Kind>(const Kind& kind) {
            if constexpr (is_handshake<Kind>) {
                return to_json(kind).dump();
            } else {
                WireWriter wire;
                pass(wire, kind);
                std::string text(1, static_cast<char>(message.index()));
                text += wire.take();
                return text;
            }
        },
        message
    );
}

core::Result<Message> decode(std::string_view text) {
    if (text.empty()) return not_ours("an empty message arrived");
    if (text.front() == '{') return decode_handshake(text);
    return decode_as(static_cast<unsigned char>(text.front()), text.substr(1));
}

}  // namespace reel::runner
