#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "link_state.hpp"

namespace reel::postgres {

/// One transaction on its way, in libpq's pipeline mode. Without a `begin` Postgres makes one of
/// all that stands before a sync, and commits it there.
class Pipeline final {
  public:
    /// The state must outlive it.
    explicit Pipeline(Link::State& state);

    /// The name of the prepared statement.
    std::string prepare(std::string_view sql);
    void send(const Statement& statement);
    /// Nothing is sent behind it.
    void sync();

    enum class Wait { no, until_all_is_there };
    /// The rows of what was sent; nullopt: not all of them are there yet. Throws the first failure,
    /// when all is there.
    [[nodiscard]] std::optional<std::vector<Rows>> take(Wait wait);

  private:
    struct Awaited {
        std::string prepares;  ///< the statement that gets `name`; "" where one is executed
        std::string name;
    };

    [[nodiscard]] PGconn* connection() const { return state_.connection.get(); }
    std::string prepare_anew(std::string_view sql);
    void keep(const Awaited& awaited, PGresult* result);
    std::vector<Rows> end(const PGresult* result);

    Link::State& state_;
    std::vector<Awaited> awaited_;
    std::size_t taken_ = 0;
    bool had_null_ = false;  ///< every command has one result, and a null behind it
    std::vector<Rows> rows_;
    std::optional<DatabaseError> failure_;
};

}  // namespace reel::postgres
