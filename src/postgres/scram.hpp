#pragma once

#include <string>
#include <string_view>

namespace reel::postgres {

/// What Postgres keeps of a password instead of it (RFC 5803), and takes in its place in `alter
/// role` and from initdb. `salt` is any bytes. The rounds make guessing slow, and every login with
/// it.
[[nodiscard]] std::string scram_verifier(
    std::string_view password, std::string_view salt, int rounds
);

/// For a password that nobody can guess: one round. Postgres' own 4,096 are most of the time of a
/// connection.
[[nodiscard]] std::string quick_verifier(std::string_view random_password);

}  // namespace reel::postgres
