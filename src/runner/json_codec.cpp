#include "json_codec.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "reel/core/words.hpp"

namespace reel::runner {

using nlohmann::json;

namespace {

constexpr core::Words<ProcessEnd, 6> end_names{{
    {ProcessEnd::exited, "exited"},
    {ProcessEnd::signalled, "signalled"},
    {ProcessEnd::timed_out, "timed_out"},
    {ProcessEnd::cancelled, "cancelled"},
    {ProcessEnd::abandoned, "abandoned"},
    {ProcessEnd::not_started, "not_started"},
}};

ProcessEnd end_from_name(const std::string& name) {
    const auto end = core::find_value(end_names, name);
    if (!end) throw std::invalid_argument("unknown end of a process");
    return *end;
}

constexpr int base64 = sodium_base64_VARIANT_ORIGINAL;

std::string encode_base64(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), base64), '\0');
    sodium_bin2base64(
        text.data(),
        text.size(),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        bytes.size(),
        base64
    );
    text.pop_back();  // the NUL
    return text;
}

std::string decode_base64(const std::string& text) {
    std::string bytes(text.size() / 4 * 3, '\0');
    std::size_t size = 0;
    const int failed = sodium_base642bin(
        reinterpret_cast<unsigned char*>(bytes.data()),
        bytes.size(),
        text.data(),
        text.size(),
        nullptr,
        &size,
        nullptr,
        base64
    );
    if (failed != 0) throw std::invalid_argument("not base64");
    bytes.resize(size);
    return bytes;
}

}  // namespace

json bytes_to_json(std::string_view bytes) {
    const bool plain =
        std::ranges::all_of(bytes, [](unsigned char byte) { return byte >= '\t' && byte < 0x7fU; });
    if (plain) return json(bytes);
    return json{{"base64", encode_base64(bytes)}};
}

std::string bytes_from_json(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    return decode_base64(value.at("base64").get_ref<const std::string&>());
}

json timestamp_to_json(core::Timestamp at) {
    return at.time_since_epoch().count();
}

core::Timestamp timestamp_from_json(const json& value) {
    return core::Timestamp(core::Duration(value.get<core::Duration::rep>()));
}

json to_json(const ProcessExit& exit) {
    return json{
        {"attempt", exit.attempt},
        {"end", core::find_word(end_names, exit.end)},
        {"code", exit.code},
        {"started_at", timestamp_to_json(exit.started_at)},
        {"ended_at", timestamp_to_json(exit.ended_at)},
        {"output", bytes_to_json(exit.output)},
        {"output_truncated", exit.output_truncated},
        {"last_line", bytes_to_json(exit.last_line)},
        {"message", bytes_to_json(exit.message)},
        {"user_microseconds", exit.user_microseconds},
        {"system_microseconds", exit.system_microseconds},
        {"max_rss_kilobytes", exit.max_rss_kilobytes},
        {"pid", exit.pid},
    };
}

ProcessExit exit_from_json(const json& value) {
    ProcessExit exit;
    exit.attempt = value.at("attempt").get<core::AttemptId>();
    exit.end = end_from_name(value.at("end").get<std::string>());
    exit.code = value.at("code").get<int>();
    exit.started_at = timestamp_from_json(value.at("started_at"));
    exit.ended_at = timestamp_from_json(value.at("ended_at"));
    exit.output = bytes_from_json(value.at("output"));
    exit.output_truncated = value.at("output_truncated").get<bool>();
    exit.last_line = bytes_from_json(value.at("last_line"));
    exit.message = bytes_from_json(value.at("message"));
    exit.user_microseconds = value.at("user_microseconds").get<std::int64_t>();
    exit.system_microseconds = value.at("system_microseconds").get<std::int64_t>();
    exit.max_rss_kilobytes = value.at("max_rss_kilobytes").get<std::int64_t>();
    exit.pid = value.value("pid", 0);  // older journals have none
    return exit;
}

}  // namespace reel::runner
