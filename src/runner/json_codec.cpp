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

bool is_plain(unsigned char byte) {
    return byte >= '\t' && byte < 0x7fU;
}

/// Stands for itself in a JSON string.
bool is_verbatim(unsigned char byte) {
    return byte >= ' ' && byte < 0x7fU && byte != '"' && byte != '\\';
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

void ObjectText::add(std::string_view name, std::string_view bytes) {
    fmt::format_to(std::back_inserter(text_), "{}\"{}\":", separator(), name);
    if (std::ranges::all_of(bytes, is_verbatim)) {
        fmt::format_to(std::back_inserter(text_), "\"{}\"", bytes);
    } else if (std::ranges::all_of(bytes, is_plain)) {
        text_ += json(bytes).dump();
    } else {
        fmt::format_to(std::back_inserter(text_), R"({{"base64":"{}"}})", encode_base64(bytes));
    }
}

std::string bytes_from_json(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    return decode_base64(value.at("base64").get_ref<const std::string&>());
}

core::Timestamp timestamp_from_json(const json& value) {
    return core::Timestamp(core::Duration(value.get<core::Duration::rep>()));
}

std::string to_json_text(const ProcessExit& exit) {
    ObjectText text;
    text.add("attempt", exit.attempt);
    text.add("end", core::find_word(end_names, exit.end));
    text.add("code", exit.code);
    text.add("started_at", exit.started_at);
    text.add("ended_at", exit.ended_at);
    text.add("output", exit.output);
    text.add("output_truncated", exit.output_truncated);
    text.add("last_line", exit.last_line);
    text.add("message", exit.message);
    text.add("user_microseconds", exit.user_microseconds);
    text.add("system_microseconds", exit.system_microseconds);
    text.add("max_rss_kilobytes", exit.max_rss_kilobytes);
    text.add("pid", exit.pid);
    return text.take();
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
