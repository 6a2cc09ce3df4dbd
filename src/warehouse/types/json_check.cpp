#include "warehouse/types/json_check.hpp"

#include <fmt/format.h>

#include "warehouse/literal/parse.hpp"
#include "warehouse/types/numeric.hpp"

namespace reel::warehouse {

namespace {

Encoded check_binary(const literal::Value& value) {
    if (const std::string* text = value.text()) {
        if (text->find('\0') != std::string::npos) return std::unexpected("jsonb holds no NUL");
    }
    if (const auto* number = std::get_if<literal::Number>(&value.data)) {
        std::string scratch;
        if (!append_numeric(number->text, {.base = BaseType::numeric}, scratch)) {
            return std::unexpected("a number is out of range for jsonb");
        }
    }
    if (const literal::List* items = value.list()) {
        for (const literal::Value& item : *items) {
            if (auto valid = check_binary(item); !valid) return valid;
        }
    }
    if (const literal::Map* entries = value.map()) {
        for (const literal::Entry& entry : *entries) {
            if (auto valid = check_binary(entry.key); !valid) return valid;
            if (auto valid = check_binary(entry.value); !valid) return valid;
        }
    }
    return {};
}

}  // namespace

Encoded check_json(std::string_view text, bool binary) {
    const auto value = literal::parse_json(text);
    if (!value) return std::unexpected(fmt::format("not JSON: {}", value.error().message));
    return binary ? check_binary(*value) : Encoded();
}

}  // namespace reel::warehouse
