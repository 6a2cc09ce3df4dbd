#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/types/binary_copy.hpp"

namespace reel::warehouse {

/// Feeds several tables over one connection, in one transaction: rows gather per table, and when
/// one table's share is large enough, its COPY becomes the open one. A single table is one COPY
/// from beginning to end. Memory is bounded by the number of tables.
class CopySink final {
  public:
    struct Target {
        std::string copy_statement;
        std::uint16_t fields = 0;  ///< without the hidden row number
        bool numbered = false;     ///< the row's number in the file goes behind the fields
    };

    /// The link must outlive it and be inside a transaction.
    CopySink(postgres::Link& link, std::vector<Target> targets);
    CopySink(const CopySink&) = delete;
    CopySink& operator=(const CopySink&) = delete;
    /// Gives up an open COPY.
    ~CopySink();

    void add_row(std::size_t table, std::string_view fields);
    /// Sends the rest and ends the open COPY. Throws DatabaseError, also when the server counted
    /// other rows than were sent.
    void finish();

  private:
    struct Stream {
        Target target;
        BinaryCopy rows;
        std::int64_t row_number = 0;
    };

    void send(std::size_t table);
    void end_open();
    void push(Stream& stream);

    postgres::Link& link_;
    std::vector<Stream> streams_;
    std::optional<std::size_t> open_;
};

/// Appends fields of binary COPY by hand.
void put_int64(std::int64_t value, std::string& out);
void put_int32(std::int32_t value, std::string& out);
/// Text (which must be valid UTF-8 without NUL) or bytea.
void put_bytes(std::string_view bytes, std::string& out);

}  // namespace reel::warehouse
