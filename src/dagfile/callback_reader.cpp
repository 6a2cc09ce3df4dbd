#include "callback_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "callback_shapes.hpp"
#include "reel/templating/render.hpp"
#include "values.hpp"

namespace reel::dagfile {
namespace {

void check_templates(const Node& node, const Subject& subject, Diagnostics& diagnostics) {
    if (node.is_text() && node.text.find('{') != std::string::npos) {
        if (const auto error = templating::check_syntax(node.text)) {
            core::SourcePosition at = node.at;
            if (node.literal_block) {
                at.line += error->line;
                at.column = 1;
            }
            diagnostics.add(
                at, fmt::format("template of {}: {}", subject.describe(), error->message)
            );
        }
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        check_templates(node.items[i], subject.below(std::to_string(i + 1)), diagnostics);
    }
    for (const Entry& entry : node.entries) {
        check_templates(entry.value, subject.below(entry.key), diagnostics);
    }
}

/// What the shape does not tell.
void check_rules(const Node& node, const Subject& subject, Diagnostics& diagnostics) {
    const Entry* env = node.find_entry("env");
    if (env != nullptr && !env->value.is_null() && node.find_value("command") == nullptr) {
        diagnostics.add(
            env->at, fmt::format("'env' goes only with 'command', in {}", subject.describe())
        );
    }
    for (const char* kind : {"http", "slack"}) {
        if (const Node* call = node.find_value(kind); call != nullptr && call->is_map()) {
            check_at_most_one(*call, {"url", "conn_id"}, subject.below(kind), diagnostics);
            check_at_most_one(*call, {"json", "data"}, subject.below(kind), diagnostics);
        }
    }
}

void check_callback(const Node& node, const Subject& subject, Diagnostics& diagnostics) {
    if (!node.is_map()) {
        diagnostics.add(
            node.at,
            fmt::format("{} must be a map, not {}", subject.describe(), describe_value(node)),
            node.is_text() ? python_callback_hint() : ""
        );
        return;
    }
    if (const Entry* function = node.find_entry("callback")) {
        // Its arguments would only be told as unknown keys.
        diagnostics.add(
            function->at,
            fmt::format("'callback' names a Python function, in {}", subject.describe()),
            python_callback_hint()
        );
        return;
    }
    check_shape(node, *callback_shape(), subject, diagnostics);
    check_rules(node, subject, diagnostics);
    check_templates(node, subject, diagnostics);
}

std::optional<core::Callback> read_callback(const Node& node) {
    for (const core::CallbackKind kind : core::all_callback_kinds) {
        const Node* given = node.find_value(core::to_string(kind));
        if (given == nullptr) {
            continue;
        }
        Node args{.kind = NodeKind::map, .at = given->at};
        if (kind != core::CallbackKind::command) {
            args = *given;
        } else {
            set_entry(args, "command", *given);
        }
        if (const Node* env = node.find_value("env")) {
            set_entry(args, "env", *env);
        }
        const Node* timeout = node.find_value("timeout");
        const auto span =
            timeout == nullptr ? core::fail(core::Errc::not_found, "") : read_duration(*timeout);
        if (span) {
            Node seconds{.kind = NodeKind::number, .at = timeout->at};
            seconds.text = fmt::format("{:.6f}", std::chrono::duration<double>(*span).count());
            set_entry(args, "timeout", std::move(seconds));
        }
        return core::Callback{.kind = kind, .args = {to_json_text(args)}};
    }
    return std::nullopt;
}

std::optional<core::Deadline> read_deadline(const Node& node, const std::string& timezone) {
    const Node* reference = node.find_value("reference");
    const Node* interval = node.find_value("interval");
    const Node* callback = node.find_value("callback");
    if (reference == nullptr || interval == nullptr || callback == nullptr) {
        return std::nullopt;
    }
    const auto span = read_duration(*interval);
    if (!span) {
        return std::nullopt;
    }
    core::Deadline deadline{.interval = *span, .callbacks = read_callbacks(*callback)};
    if (const auto known = read_reference_word(reference->text)) {
        deadline.reference = *known;
        return deadline;
    }
    const auto date = core::parse_timestamp(reference->text, timezone);
    if (!date) {
        return std::nullopt;
    }
    deadline.reference = core::Deadline::Reference::fixed_datetime;
    deadline.fixed_at = *date;
    return deadline;
}

}  // namespace

void check_callbacks(const Node& node, const Subject& subject, Diagnostics& diagnostics) {
    if (!node.is_list()) {
        return check_callback(node, subject, diagnostics);
    }
    if (node.items.empty()) {
        diagnostics.add(node.at, fmt::format("{} must not be empty", subject.describe()));
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        check_callback(node.items[i], subject.below(std::to_string(i + 1)), diagnostics);
    }
}

std::vector<core::Callback> read_callbacks(const Node& node) {
    std::vector<core::Callback> callbacks;
    const auto add = [&](const Node& one) {
        if (auto callback = read_callback(one)) {
            callbacks.push_back(*std::move(callback));
        }
    };
    if (!node.is_list()) {
        add(node);
    }
    for (const Node& item : node.items) {
        add(item);
    }
    return callbacks;
}

core::Callbacks read_callback_fields(const Node& body) {
    using core::CallbackEvent;
    core::Callbacks all;
    for (const CallbackEvent event :
         {CallbackEvent::execute,
          CallbackEvent::success,
          CallbackEvent::failure,
          CallbackEvent::retry,
          CallbackEvent::skipped}) {
        const Node* node = body.find_value(fmt::format("on_{}_callback", core::to_string(event)));
        if (node == nullptr) {
            continue;
        }
        if (auto callbacks = read_callbacks(*node); !callbacks.empty()) {
            all[event] = std::move(callbacks);
        }
    }
    return all;
}

std::vector<core::Deadline> read_deadlines(const Node& node, const std::string& timezone) {
    std::vector<core::Deadline> deadlines;
    const auto add = [&](const Node& one) {
        if (auto deadline = read_deadline(one, timezone)) {
            deadlines.push_back(*std::move(deadline));
        }
    };
    if (!node.is_list()) {
        add(node);
    }
    for (const Node& item : node.items) {
        add(item);
    }
    return deadlines;
}

}  // namespace reel::dagfile
