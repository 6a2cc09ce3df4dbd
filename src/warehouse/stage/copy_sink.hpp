#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/stage/key_order.hpp"
#include "warehouse/stage/repeated_rows.hpp"
#include "warehouse/stage/row_checks.hpp"
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
        bool numbered = false;     ///< a number in the order of the file goes behind the fields
        std::optional<KeyOrder> order = std::nullopt;        ///< who looks at the rows' keys
        std::optional<RowChecks> checks = std::nullopt;      ///< who counts rows that break checks
        std::optional<RepeatedRows> repeats = std::nullopt;  ///< who finds rows that need not go
        /// With an order: unless it is set, rows go without a number while their block ascends.
        /// Shared by all connections; outlives them.
        std::atomic<bool>* must_number = nullptr;
    };

    /// The link must outlive it and be inside a transaction.
    CopySink(postgres::Link& link, std::vector<Target> targets);
    CopySink(const CopySink&) = delete;
    CopySink& operator=(const CopySink&) = delete;
    /// Gives up an open COPY.
    ~CopySink();

    /// The keys since the block began; nullptr when nobody looks at them.
    [[nodiscard]] const KeyRange* keys(std::size_t table) const {
        const auto& order = streams_[table].target.order;
        return order ? &order->range() : nullptr;
    }
    /// Of all rows so far; nullptr when nobody counts.
    [[nodiscard]] const RowChecks* checks(std::size_t table) const {
        const auto& checks = streams_[table].target.checks;
        return checks ? &*checks : nullptr;
    }
    /// The hidden number of the first row of a block.
    [[nodiscard]] static std::int64_t first_row(std::uint64_t sequence);
    /// Rows that come now stand behind those of all blocks with a smaller number.
    void begin_block(std::uint64_t sequence);
    /// How many rows of the block went without a number: its first ones, whose keys ascend.
    [[nodiscard]] std::uint64_t unnumbered(std::size_t table) const {
        return streams_[table].unnumbered;
    }
    /// On every connection, rows of blocks that begin later have a number.
    void number_rows(std::size_t table);
    /// The same rows as in that block come once more. Of each table only the first `rows` are sent,
    /// with their numbers: then those without are duplicates of them.
    void begin_again(std::uint64_t sequence, std::span<const std::uint64_t> rows);
    void add_row(std::size_t table, std::string_view fields);
    /// A row that `write` writes in its place, as BinaryCopy::append has it; it is not part of the
    /// table before `commit`.
    template <class Write>
    [[nodiscard]] bool append_row(std::size_t table, std::size_t most, Write write) {
        Stream& stream = streams_[table];
        return stream.rows.append(most + row_overhead, [&](char* into) {
            char* const end = write(begin_row(stream, into));
            return end == nullptr ? end : end_row(stream, end);
        });
    }
    void commit(std::size_t table);
    void drop(std::size_t table) { streams_[table].rows.drop_tuple(); }
    /// How many rows were sent once more, and how many went with a number.
    [[nodiscard]] std::uint64_t sent_again(std::size_t table) const {
        return streams_[table].sent_again;
    }
    [[nodiscard]] std::uint64_t numbered(std::size_t table) const {
        return streams_[table].numbered;
    }
    /// How many rows did not go since one that did says the same.
    [[nodiscard]] std::uint64_t repeated(std::size_t table) const {
        return streams_[table].repeated;
    }
    /// What the rows of so many tables wait in.
    [[nodiscard]] static std::size_t buffer_bytes(std::size_t tables);
    /// Sends the rest and ends the open COPY. Throws DatabaseError, also when the server counted
    /// other rows than were sent.
    void finish();
    /// How many rows the server has counted in the COPYs that are over.
    [[nodiscard]] std::uint64_t stored(std::size_t table) const { return streams_[table].stored; }

  private:
    struct Stream {
        Target target;
        BinaryCopy rows;
        std::int64_t row_number = 0;
        std::uint64_t stored = 0;
        bool has_number = true;                            ///< the rows of this block, from here on
        std::uint64_t unnumbered = 0;                      ///< of this block
        std::uint64_t numbered = 0;                        ///< of all blocks
        std::optional<std::uint64_t> left = std::nullopt;  ///< of rows that are sent once more
        std::uint64_t sent_again = 0;
        std::uint64_t repeated = 0;
    };

    /// Number of fields, and the hidden row number with its length.
    static constexpr std::size_t row_overhead = 14;
    [[nodiscard]] static char* begin_row(const Stream& stream, char* into);
    [[nodiscard]] static char* end_row(const Stream& stream, char* into);
    [[nodiscard]] static std::string_view fields_of(const Stream& stream);
    static void look_at_row(Stream& stream);
    static void watch(Stream& stream);
    void send(std::size_t table);
    void end_open();
    void push(Stream& stream);

    postgres::Link& link_;
    std::size_t flush_bytes_;
    std::vector<Stream> streams_;
    std::optional<std::size_t> open_;
};

/// Appends fields of binary COPY by hand.
void put_int64(std::int64_t value, std::string& out);
void put_int32(std::int32_t value, std::string& out);
/// Text (which must be valid UTF-8 without NUL) or bytea.
void put_bytes(std::string_view bytes, std::string& out);

}  // namespace reel::warehouse
