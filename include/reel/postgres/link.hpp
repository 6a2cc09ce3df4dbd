#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reel/postgres/database.hpp"

struct pg_conn;

namespace reel::postgres {

/// A statement and what stands for its $1, $2, …
struct Statement {
    std::string_view sql;
    Params params;
};

/// One raw libpq connection, for what libpqxx cannot do: several statements at once, binary COPY,
/// servers that are not quite Postgres. Blocking but for receive(), one thread at a time. Throws
/// DatabaseError.
class Link final {
  public:
    explicit Link(const std::string& uri, const std::string& application_name = "reel");
    ~Link();
    Link(Link&&) noexcept;
    Link& operator=(Link&&) = delete;

    /// One statement with parameters.
    Rows exec(std::string_view sql, const Params& params = {});
    /// All of them in one transaction that is sent in one go; each is prepared the first time that
    /// this link sees it. Gives their rows. Throws DatabaseError: then nothing was committed,
    /// unless its kind is in_doubt. Their answers must be small, for nobody reads while they are
    /// sent.
    std::vector<Rows> transact(std::span<const Statement> statements);
    /// The first half of transact. It waits only for room in the socket.
    void send(std::span<const Statement> statements);
    /// The second half, to be called when socket() can be read, until it gives the rows. Does not
    /// wait. Throws as transact.
    [[nodiscard]] std::optional<std::vector<Rows>> receive();
    /// What transact would do with these when it sees them for the first time, in one go.
    void prepare(std::span<const std::string_view> statements);
    /// What to wait for until it can be read, on a link that listens or has sent; the link's own.
    [[nodiscard]] int socket() const;
    /// The channels (LISTEN) that were notified since the last call. Does not wait; throws
    /// DatabaseError when the connection is lost.
    [[nodiscard]] std::vector<std::string> take_notifications();
    /// Whether the server has ended an idle link: using it would fail for nothing.
    [[nodiscard]] bool has_ended() const;
    /// Any number of statements without parameters, as psql would send them; gives the last one's
    /// rows. An error's message holds the line within `sql` ("line 3: …").
    Rows exec_script(std::string_view sql);

    /// "COPY … FROM STDIN (FORMAT binary)" and the like; then copy_data any number of times, then
    /// copy_end, which gives the number of rows. An exception from copy_data or copy_end has ended
    /// the COPY; the transaction is aborted.
    void copy_begin(std::string_view copy_statement);
    void copy_data(std::span<const std::byte> bytes);
    std::uint64_t copy_end();
    /// Ends a COPY without its rows.
    void copy_abort(const std::string& reason);

    /// 150018 and the like; 80002 for Redshift.
    [[nodiscard]] int server_version() const;
    /// What the server says on the side (RAISE NOTICE, "relation exists, skipping").
    void on_notice(std::function<void(const std::string&)> sink);
    [[nodiscard]] std::string quote_identifier(std::string_view name) const;
    [[nodiscard]] std::string quote_literal(std::string_view text) const;

    struct State;  ///< of the module alone

  private:
    friend class LinkTransaction;
    std::unique_ptr<State> state_;
};

/// The URI, with a limit unless it has one: what the network does not deliver for 20 s ends the
/// connection, where the kernel waits for a quarter of an hour. For short statements whose answers
/// somebody waits for, not for COPY: a server that is slow to read looks the same.
[[nodiscard]] std::string limit_network_silence(const std::string& uri);

/// begin on construction; rolls back in the destructor unless commit() was called.
class LinkTransaction final {
  public:
    explicit LinkTransaction(Link& link);
    ~LinkTransaction();
    LinkTransaction(const LinkTransaction&) = delete;
    LinkTransaction& operator=(const LinkTransaction&) = delete;
    /// Throws DatabaseError with FailureKind::in_doubt when the answer was lost, and with `bug`
    /// when a statement of the transaction had failed (nothing was committed then).
    void commit();

  private:
    Link& link_;
    bool open_ = true;
};

}  // namespace reel::postgres
