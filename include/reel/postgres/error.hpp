#pragma once

#include <stdexcept>
#include <string>

namespace reel::postgres {

/// How a database failure must be met.
enum class FailureKind {
    transient,  ///< lost or refused connection, restart, deadlock, serialization, out of resources:
                ///< wait and try again
    conflict,   ///< a constraint was violated: the caller's picture is out of date
    in_doubt,   ///< the connection broke between COMMIT and its answer: look whether it happened
    bug,        ///< anything else: wrong SQL, missing privilege or table
};

/// Thrown by everything in this module; no pqxx exception leaves it. what() never holds a password.
class DatabaseError : public std::runtime_error {
  public:
    DatabaseError(FailureKind kind, std::string sqlstate, const std::string& message)
        : std::runtime_error(message), kind_(kind), sqlstate_(std::move(sqlstate)) {}

    [[nodiscard]] FailureKind kind() const { return kind_; }
    /// Five characters, or empty where the server gave none.
    [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }

  private:
    FailureKind kind_;
    std::string sqlstate_;
};

/// The kind that a SQLSTATE stands for (class 08, 40, 53, 55P03, 57P0x: transient; class 23:
/// conflict; else bug).
[[nodiscard]] FailureKind classify_sqlstate(const std::string& sqlstate);

}  // namespace reel::postgres
