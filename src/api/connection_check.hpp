#pragma once

#include <string>

#include "reel/core/result.hpp"
#include "reel/store/records.hpp"

namespace reel::api {

/// Connects as the connection says; gives what answered. Blocking, at most a few seconds.
[[nodiscard]] core::Result<std::string> check_connection(const store::ConnectionRecord& connection);

}  // namespace reel::api
