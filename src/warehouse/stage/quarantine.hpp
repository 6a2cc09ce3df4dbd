#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/ordered_workers.hpp"
#include "warehouse/stage/rejected_rows.hpp"

namespace reel::warehouse {

/// Writes rejected records to the quarantine over a connection and transaction of its own, so that
/// they stay when the load fails, and in a thread of its own, so that reading goes on meanwhile.
/// Connects when the first one comes.
class Quarantine final {
  public:
    /// `header` names the cells of its records; empty where they name their own values.
    Quarantine(std::string uri, LoadIdentity identity, std::vector<std::string> header = {});
    Quarantine(const Quarantine&) = delete;
    Quarantine& operator=(const Quarantine&) = delete;
    /// Forgets what was not committed.
    ~Quarantine();

    /// Rows of one file, which stand in the quarantine behind those that were added before. Waits
    /// while too many are on their way. Throws DatabaseError, also for what was added before.
    void add(RejectedRows rows, const std::string& file);
    /// Makes what was added durable. Throws DatabaseError when it cannot.
    void commit();

  private:
    class Session;
    struct Piece {
        RejectedRows rows;
        std::string file;
    };
    using Writer = OrderedWorkers<Piece, std::size_t>;

    std::string uri_;
    LoadIdentity identity_;
    std::vector<std::string> header_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<Writer> writer_;  // ends before what it writes to
};

}  // namespace reel::warehouse
