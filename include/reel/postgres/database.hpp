#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/postgres/error.hpp"

namespace reel::postgres {

/// A parameter as text; nullopt is NULL.
using Param = std::optional<std::string>;
using Params = std::vector<Param>;

/// "{a,b}": text as a Postgres array literal, for `= ANY($1::text[])` and unnest.
[[nodiscard]] std::string array_literal(const std::vector<Param>& values);

/// A result in memory. Values are text; nullopt is NULL. Indices are checked.
class Rows final {
  public:
    Rows(
        std::vector<std::string> columns, std::vector<std::vector<Param>> rows, std::size_t affected
    )
        : columns_(std::move(columns)), rows_(std::move(rows)), affected_(affected) {}

    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    [[nodiscard]] bool empty() const { return rows_.empty(); }
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
    [[nodiscard]] const Param& at(std::size_t row, std::size_t column) const {
        return rows_.at(row).at(column);
    }
    [[nodiscard]] const Param& at(std::size_t row, std::string_view column) const;
    /// Rows that an INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::size_t affected() const { return affected_; }

  private:
    std::vector<std::string> columns_;
    std::vector<std::vector<Param>> rows_;
    std::size_t affected_ = 0;
};

/// An open transaction; rolled back by its end unless Database::transact commits it.
class Transaction {
  public:
    virtual ~Transaction() = default;
    virtual Rows exec(std::string_view sql, const Params& params = {}) = 0;
};

struct DatabaseOptions {
    std::string uri;  ///< libpq URI or conninfo; may hold a password, never logged
    std::size_t max_connections = 8;
    std::string application_name = "reel";
    int connect_timeout_seconds = 5;
    int statement_timeout_ms = 0;  ///< 0: none
    /// How long a connection that others use is waited for before one more is opened, which costs
    /// as much, here and at the server.
    std::chrono::milliseconds patience{2};
};

/// A small pool of libpqxx connections. Thread-safe, blocking; opens connections when first needed,
/// drops one at the first sign that it is broken. Throws DatabaseError.
class Database {
  public:
    virtual ~Database() = default;
    /// Runs `work` in one READ COMMITTED transaction and commits. Not retried: the caller knows
    /// whether it may be.
    virtual void transact(const std::function<void(Transaction&)>& work) = 0;
    /// One statement in a transaction of its own.
    virtual Rows query(std::string_view sql, const Params& params = {}) = 0;
    /// One statement that writes nothing, in a single round trip.
    virtual Rows read(std::string_view sql, const Params& params = {}) = 0;
    /// Throws when the server does not answer.
    virtual void ping() = 0;
};

[[nodiscard]] std::unique_ptr<Database> make_database(const DatabaseOptions& options);

}  // namespace reel::postgres
