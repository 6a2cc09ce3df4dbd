#pragma once

#include <string>

namespace reel::support {

/// The URI of a new, empty database on a private server of this test process. The first call starts
/// the server, the end of the process stops and removes it. Throws, and so fails the test, where
/// Postgres cannot be started: nothing is skipped in silence.
[[nodiscard]] std::string test_database();

}  // namespace reel::support
