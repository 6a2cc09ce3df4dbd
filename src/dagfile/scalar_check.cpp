#include "scalar_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "calendar_reader.hpp"
#include "callback_reader.hpp"
#include "reel/core/ascii.hpp"
#include "reel/core/did_you_mean.hpp"
#include "schedule_reader.hpp"
#include "values.hpp"

namespace reel::dagfile {
namespace {

void check_text(const Check& check) {
    if (!check.node.is_text()) {
        const bool is_scalar = !check.node.is_list() && !check.node.is_map();
        return check.wrong_kind("text", is_scalar ? "put it in quotes" : "");
    }
    if (check.shape.check == nullptr) {
        return;
    }
    if (const std::optional<std::string> why = check.shape.check(check.node.text)) {
        check.mistake(*why);
    }
}

void check_integer(const Check& check) {
    const std::optional<long long> value = check.node.as_integer();
    if (!value) {
        return check.wrong_kind("a whole number");
    }
    if (*value < check.shape.minimum || *value > std::numeric_limits<int>::max()) {
        check.mistake(fmt::format(
            "must be {}, not {}",
            *value < check.shape.minimum ? fmt::format("at least {}", check.shape.minimum)
                                         : fmt::format("below {}", std::numeric_limits<int>::max()),
            *value
        ));
    }
}

void check_number(const Check& check) {
    const std::optional<double> value = check.node.as_number();
    if (!value) {
        return check.wrong_kind("a number");
    }
    if (*value < static_cast<double>(check.shape.minimum)) {
        check.mistake(
            fmt::format("must be at least {}, not {}", check.shape.minimum, check.node.text)
        );
    }
}

void check_boolean(const Check& check) {
    if (check.node.kind == NodeKind::boolean) {
        return;
    }
    static const std::vector<std::string> yes{"yes", "on", "y"};
    const std::string word = core::lowered(check.node.text);
    const bool is_yes = std::ranges::find(yes, word) != yes.end();
    const bool is_no = word == "no" || word == "off" || word == "n";
    check.wrong_kind("true or false", is_yes ? "write true" : is_no ? "write false" : "");
}

void check_choice(const Check& check) {
    const std::vector<std::string>& choices = check.shape.choices;
    if (!check.node.is_text()) {
        return check.wrong_kind(fmt::format("one of {}", fmt::join(choices, ", ")));
    }
    const auto renamed = std::ranges::find(
        check.shape.former, check.node.text, &std::pair<std::string, std::string>::first
    );
    if (renamed != check.shape.former.end()) {
        return check.mistake(
            fmt::format("must not be '{}'", check.node.text),
            fmt::format("its name is '{}' now", renamed->second)
        );
    }
    if (std::ranges::find(choices, check.node.text) == choices.end()) {
        const std::string hint = core::did_you_mean(check.node.text, choices);
        check.mistake(
            fmt::format("must not be '{}'", check.node.text),
            fmt::format(
                "{}{}it is one of {}", hint, hint.empty() ? "" : " ", fmt::join(choices, ", ")
            )
        );
    }
}

template <class Value>
void check_readable(const Check& check, const core::Result<Value>& value) {
    if (!value) {
        check.mistake(value.error().message, value.error().hint);
    }
}

}  // namespace

void Check::mistake(const std::string& message, std::string hint) const {
    diagnostics.add(node.at, fmt::format("{} {}", subject.describe(), message), std::move(hint));
}

void Check::wrong_kind(std::string_view wanted, std::string hint) const {
    mistake(fmt::format("must be {}, not {}", wanted, describe_value(node)), std::move(hint));
}

void check_scalar(const Check& check) {
    switch (check.shape.kind) {
        case ShapeKind::text:
            return check_text(check);
        case ShapeKind::integer:
            return check_integer(check);
        case ShapeKind::number:
            return check_number(check);
        case ShapeKind::boolean:
            return check_boolean(check);
        case ShapeKind::duration:
            return check_readable(check, read_duration(check.node));
        case ShapeKind::span:
            return check_readable(check, read_span(check.node));
        case ShapeKind::date:
            return check_readable(check, read_date(check.node, {}));
        case ShapeKind::schedule:
            (void)read_schedule(check.node, {}, check.subject, check.diagnostics);
            return;
        case ShapeKind::callbacks:
            return check_callbacks(check.node, check.subject, check.diagnostics);
        case ShapeKind::choice:
            return check_choice(check);
        default:
            return;
    }
}

}  // namespace reel::dagfile
