#pragma once

#include <filesystem>
#include <string>

#include "reel/core/result.hpp"

namespace reel::postgres {

/// `socket` itself, or, where its name is too long for a Unix socket (107 bytes with the file), a
/// short link to it under `links` that belongs to us alone and is named after `mark`.
[[nodiscard]] core::Result<std::filesystem::path> reachable_socket_folder(
    const std::filesystem::path& socket,
    const std::string& mark,
    const std::filesystem::path& links = "/tmp"
);

/// Text for any part of a URI: all but letters, digits and "-._~" as %XX.
[[nodiscard]] std::string percent_encoded(const std::string& text);

}  // namespace reel::postgres
