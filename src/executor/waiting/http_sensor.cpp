#include "http_sensor.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "executor/http_target.hpp"
#include "executor/truth.hpp"
#include "rules.hpp"

namespace reel::executor {

namespace {

core::Error bad_argument(const std::string& message, const std::string& hint = {}) {
    return {.code = core::Errc::invalid_argument, .message = message, .where = {}, .hint = hint};
}

core::Result<std::set<int>> statuses_of(const Json& args, const std::string& name) {
    std::set<int> statuses;
    for (const std::string& word : words_of(args, name)) {
        int status = 0;
        const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), status);
        if (error != std::errc() || stop != word.data() + word.size()) {
            return std::unexpected(
                bad_argument(fmt::format("'{}': '{}' is no HTTP status", name, word))
            );
        }
        statuses.insert(status);
    }
    return statuses;
}

/// As in Airflow's HttpHook they belong to the URL of a GET and are the body of anything else.
void read_params(const Json& args, fetch::HttpCall& call) {
    const Json params = args.value("request_params", Json());
    const std::string text = params.is_string()   ? params.get<std::string>()
                             : params.is_object() ? http_form(params)
                                                  : "";
    if (text.empty()) {
        return;
    }
    if (call.method == "GET" || call.method == "HEAD") {
        call.url += (call.url.contains('?') ? "&" : "?") + text;
    } else {
        call.body = text;
    }
}

/// Of JSON: begins with '/', and every '~' in it is ~0 or ~1.
bool is_pointer(const std::string& text) {
    for (auto at = text.find('~'); at != std::string::npos; at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) {
            return false;
        }
    }
    return text.starts_with('/');
}

core::Result<void> read_check(const Json& args, HttpWish& wish) {
    const Json check = args.value("response_check", Json::object());
    if (!check.is_object()) {
        return std::unexpected(bad_argument("'response_check' must be a map"));
    }
    wish.contains = text_of(check, "contains");
    wish.equals = check.value("equals", Json());
    if (const std::string pointer = text_of(check, "json"); !pointer.empty()) {
        if (!is_pointer(pointer)) {
            return std::unexpected(bad_argument(
                fmt::format("'response_check.json': '{}' is no JSON pointer", pointer),
                "write it like /status or /items/0/state"
            ));
        }
        wish.json = pointer;
    }
    return {};
}

/// Compares 1 with "1", too: templates give texts.
bool says(const Json& value, const Json& wanted) {
    const auto text = [](const Json& of) {
        return of.is_string() ? of.get<std::string>() : dump(of);
    };
    return value == wanted || text(value) == text(wanted);
}

Poke judge_body(const HttpWish& wish, const std::string& body) {
    if (!wish.contains.empty() && !body.contains(wish.contains)) {
        return not_yet("the answer does not contain what response_check asks for");
    }
    if (!wish.json) {
        return met("the answer is as expected");
    }
    const Json answer = Json::parse(body, nullptr, false);
    if (answer.is_discarded()) {
        return not_yet("the answer is no JSON");
    }
    const Json::json_pointer pointer(*wish.json);
    if (!answer.contains(pointer)) {
        return not_yet(fmt::format("the answer has nothing at {}", *wish.json));
    }
    const Json& value = answer.at(pointer);
    const bool holds = wish.equals.is_null() ? !is_false(value) : says(value, wish.equals);
    const std::string words = fmt::format("{} of the answer is {}", *wish.json, dump(value));
    return holds ? met(words) : not_yet(words);
}

}  // namespace

core::Result<HttpWish> parse_http_wish(const Json& args, Connections& connections) {
    HttpWish wish;
    wish.call.method = text_of(args, "method", "GET");
    const auto target = read_http_target(
        {.url = text_of(args, "url"),
         .conn_id = text_of(args, "http_conn_id", "http_default"),
         .path = text_of(args, "endpoint")},
        connections,
        wish.call
    );
    const auto timeout = duration_of(args, "request_timeout");
    auto expected = statuses_of(args, "expected_status");
    auto waiting = statuses_of(args, "response_error_codes_allowlist");
    const auto check = read_check(args, wish);
    if (!target) {
        return std::unexpected(target.error());
    }
    if (!timeout) {
        return std::unexpected(timeout.error());
    }
    if (!expected || !waiting) {
        return std::unexpected((expected ? waiting : expected).error());
    }
    if (!check) {
        return std::unexpected(check.error());
    }
    add_http_headers(args.value("headers", Json()), wish.call.headers);
    read_params(args, wish.call);
    wish.call.timeout = timeout->value_or(wish.call.timeout);
    wish.expected_statuses = *std::move(expected);
    if (args.contains("response_error_codes_allowlist")) {
        wish.waiting_statuses = *std::move(waiting);
    }
    return wish;
}

Poke judge_http(const HttpWish& wish, const core::Result<fetch::HttpAnswer>& answer) {
    if (!answer) {
        const bool may_mend = answer.error().code == core::Errc::unavailable ||
                              answer.error().code == core::Errc::timed_out;
        return may_mend
                   ? not_yet(answer.error().message)
                   : Poke{.finding = Finding::failed_finally, .words = answer.error().describe()};
    }
    const std::string status = fetch::describe_http_status(answer->status);
    if (!wish.expected_statuses.empty()) {
        return wish.expected_statuses.contains(answer->status) ? judge_body(wish, answer->body)
                                                               : not_yet(status);
    }
    if (wish.waiting_statuses.contains(answer->status)) {
        return not_yet(status);
    }
    return answer->status >= 400 ? look_failed(status) : judge_body(wish, answer->body);
}

}  // namespace reel::executor
