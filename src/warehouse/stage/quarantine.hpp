#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/record_router.hpp"
#include "warehouse/types/binary_copy.hpp"

namespace reel::warehouse {

/// Writes rejected records to reel.quarantine over a connection and transaction of its own, so that
/// they stay when the load fails. Connects when the first one comes.
class Quarantine final {
  public:
    /// `header` names the cells of its records; empty where they name their own values.
    Quarantine(std::string uri, LoadIdentity identity, std::vector<std::string> header = {});
    Quarantine(const Quarantine&) = delete;
    Quarantine& operator=(const Quarantine&) = delete;
    ~Quarantine();

    void add(const Rejection& rejection, const std::string& file);
    /// Makes what was added durable. Throws DatabaseError when it cannot.
    void commit();

  private:
    struct Session;

    void connect();
    void send();

    std::string uri_;
    LoadIdentity identity_;
    std::vector<std::string> header_;
    std::unique_ptr<Session> session_;
    BinaryCopy rows_;
};

/// One rejected record as the fields of a COPY row of reel.quarantine.
[[nodiscard]] std::string quarantine_fields(
    const Rejection& rejection, const LoadIdentity& identity, const std::string& file
);

/// The part of it that says what is wrong, and with which table: column_name, rule, reason, value,
/// table_name.
void put_reason(const Rejection& rejection, std::string& out);

}  // namespace reel::warehouse
