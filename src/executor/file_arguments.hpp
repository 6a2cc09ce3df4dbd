#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reel::executor {

/// Whether an argument's text may be the name of a template file.
[[nodiscard]] bool is_file_argument(std::string_view operator_name, std::string_view argument);

/// The text of an argument before and after it was rendered.
struct RenderedText {
    std::string source;
    std::string rendered;
};

/// Whether it is one. Both texts must look like a file name: a value that a template brought in
/// cannot turn a statement into a file.
[[nodiscard]] bool is_file_name(
    std::string_view operator_name, std::string_view argument, const RenderedText& text
);

/// The expression of a text that is nothing but one {{ expression }}.
[[nodiscard]] std::optional<std::string> only_expression(const std::string& text);

}  // namespace reel::executor
