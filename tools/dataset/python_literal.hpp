#pragma once

#include <string>
#include <string_view>

namespace reel::dataset {

/// Python's repr() of a text: 'plain', "it's", 'both \' and "', with \\, \t, \n, \xa0 and \u200b
/// for what cannot be seen.
[[nodiscard]] std::string python_string(std::string_view utf8);

}  // namespace reel::dataset
