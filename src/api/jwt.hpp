#pragma once

#include <string>
#include <string_view>

#include "reel/core/result.hpp"
#include "reel/core/time.hpp"

namespace reel::api {

/// Who a valid token speaks for. HS256 and nothing else, whatever the token's header says.
/// Errc::permission_denied with what is wrong.
[[nodiscard]] core::Result<std::string> verify_token(
    std::string_view token, const std::string& jwt_secret, core::Timestamp now
);

/// Takes as long for a wrong text as for the right one.
[[nodiscard]] bool equal_in_constant_time(std::string_view given, std::string_view expected);

}  // namespace reel::api
