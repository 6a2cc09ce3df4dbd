#pragma once

#include <expected>
#include <string>
#include <utility>

namespace reel::core {

/// What kind of thing went wrong, for code that must choose what to do next. The message is for
/// people.
enum class Errc {
    invalid_argument,   ///< the caller's input breaks a rule; trying again cannot help
    not_found,          ///< the named thing does not exist
    already_exists,     ///< creating it would make a second one
    conflict,           ///< the state is not the one the caller expected (compare-and-set lost)
    permission_denied,  ///< credentials are missing or do not suffice
    unavailable,  ///< the world may mend: connection refused, 503, disk full; trying again may help
    timed_out,    ///< a deadline passed before an answer came
    corrupt_data,  ///< the input's bytes are not what their format promises
    unsupported,   ///< understood, but Reel does not do it
    internal,      ///< our own mistake
};

/// An expected failure, as a value. `where` points at its cause ("dags/movies.yaml:12:5", a URL, a
/// table) and `hint` says what to do; both may be empty. Never holds a secret.
struct Error {
    Errc code = Errc::internal;
    std::string message;
    std::string where;
    std::string hint;

    /// "where: message" on one line, then "\nhint: …" where there is one.
    [[nodiscard]] std::string describe() const;
};

template <class T>
using Result = std::expected<T, Error>;

/// `return fail(Errc::not_found, "…")` from a function that returns any Result.
[[nodiscard]] inline std::unexpected<Error> fail(
    Errc code, std::string message, std::string hint = {}, std::string where = {}
) {
    return std::unexpected(Error{code, std::move(message), std::move(where), std::move(hint)});
}

}  // namespace reel::core
