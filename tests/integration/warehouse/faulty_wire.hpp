#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace reel::warehouse {

/// What happens to one statement.
enum class Fault {
    none,
    cut_before,  ///< the connection is cut before the server has it
    cut_after,   ///< the server has carried it out, the connection is cut before its answer arrives
    refuse,      ///< the server raises `sqlstate` instead, as a full disk or a deadlock does
};

struct FaultPlan {
    Fault fault = Fault::none;
    int statement = 0;     ///< counted over all connections, from 1
    std::string_view sql;  ///< or the first that holds this text; empty: none
    std::string sqlstate;  ///< of `refuse`
};

/// Stands between client and server on a Unix socket and knows the protocol's messages: a
/// statement is what the client sends up to where it waits (a query, a synchronised group, the end
/// of a COPY). Carries one plan out, once. The socket it listens on is "<folder>/.s.PGSQL.<port>",
/// as libpq wants it.
class FaultyWire final {
  public:
    FaultyWire(std::filesystem::path folder, std::filesystem::path server, const std::string& port);
    FaultyWire(const FaultyWire&) = delete;
    FaultyWire& operator=(const FaultyWire&) = delete;
    ~FaultyWire();

    /// For what comes from here on; counts anew.
    void plan(FaultPlan plan);
    [[nodiscard]] int statements() const;
    [[nodiscard]] const std::filesystem::path& server() const { return server_; }
    /// The start of the statement that the plan met; empty: it met none.
    [[nodiscard]] std::string met() const;

    /// The plan, where it is about this statement.
    std::optional<FaultPlan> plan_of(std::string_view statement);

  private:
    void serve();

    std::filesystem::path server_;
    int listener_ = -1;
    mutable std::mutex mutex_;
    FaultPlan plan_;
    int statements_ = 0;
    std::string met_;
    std::vector<std::jthread> sessions_;
    std::thread server_thread_;
};

/// Plays once without a fault, to count the statements, and then once for each of them with the
/// plan's fault in it. What must hold is `play`'s matter; it is played `statements + 1` times.
void fail_each_statement(FaultyWire& wire, FaultPlan plan, const std::function<void()>& play);

}  // namespace reel::warehouse
