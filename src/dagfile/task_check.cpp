#include "task_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dag_shapes.hpp"
#include "mapping.hpp"

namespace reel::dagfile {
namespace {

/// Airflow mails to `email` unless both switches are off; nothing here does.
void check_email(const Node& body, Diagnostics& diagnostics) {
    const Node* email = body.find_value("email");
    const bool is_given = email != nullptr && !(email->is_list() && email->items.empty());
    const auto is_off = [&](const char* name) {
        const Node* value = body.find_value(name);
        return value != nullptr && value->as_boolean() == false;
    };
    if (is_given && !(is_off("email_on_failure") && is_off("email_on_retry"))) {
        diagnostics.add(
            body.find_entry("email")->at,
            "'email' alone sends no mail",
            "write on_failure_callback: {email: {to: …}}, or set email_on_failure and "
            "email_on_retry to false"
        );
    }
}

void check_callable(const Node& body, const Subject& subject, Diagnostics& diagnostics) {
    if (body.find_value("python_callable_file") != nullptr) {
        return;
    }
    const Node* name = body.find_value("python_callable_name");
    if (name != nullptr) {
        diagnostics.add(
            name->at,
            fmt::format(
                "{} needs 'python_callable_file'", subject.below("python_callable_name").describe()
            )
        );
    }
    const Node* path = body.find_value("python_callable");
    if (path != nullptr && path->is_text() && path->text.find('.') == std::string::npos) {
        diagnostics.add(
            path->at,
            fmt::format(
                "{} must be package.module.function, not '{}'",
                subject.below("python_callable").describe(),
                path->text
            ),
            "or name its file in python_callable_file"
        );
    }
}

/// Of an operator that is not known: what every task may say is still held to its shape.
void check_common(const Node& body, const Subject& subject, Diagnostics& diagnostics) {
    Node common{.kind = NodeKind::map, .at = body.at};
    for (const Entry& entry : body.entries) {
        if (std::ranges::find(task_fields(), entry.key, &Field::name) != task_fields().end()) {
            common.entries.push_back(entry);
        }
    }
    check_shape(common, *object(task_fields()), subject, diagnostics);
}

}  // namespace

void check_task(
    const TaskDraft& draft, const Node& body, const Subject& subject, Diagnostics& diagnostics
) {
    check_email(body, diagnostics);
    if (draft.operation == nullptr) {
        return check_common(body, subject, diagnostics);
    }
    const Shape& shape = *draft.operation->task;
    if (draft.mapping.empty()) {
        check_shape(body, shape, subject, diagnostics);
    } else {
        check_shape(body, without_mapped(shape, draft.mapping), subject, diagnostics);
    }
    for (const Entry& entry : body.entries) {
        const auto field = std::ranges::find(draft.operation->args, entry.key, &Field::name);
        if (entry.value.inherited && field != draft.operation->args.end()) {
            check_shape(entry.value, *field->shape, subject.below(entry.key), diagnostics);
        }
    }
    for (const auto& names : draft.operation->one_of) {
        if (!is_any_mapped(draft.mapping, names)) {
            check_exactly_one(body, names, subject, diagnostics);
        }
    }
    for (const auto& names : draft.operation->at_most_one_of) {
        check_at_most_one(body, names, subject, diagnostics);
    }
    if (!is_any_mapped(draft.mapping, draft.operation->some_of)) {
        check_some_of(body, draft.operation->some_of, subject, diagnostics);
    }
    const auto& args = draft.operation->args;
    if (std::ranges::find(args, "python_callable", &Field::name) != args.end()) {
        check_callable(body, subject, diagnostics);
    }
}

}  // namespace reel::dagfile
