#include "warehouse/stage/quarantine.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "reel/postgres/link.hpp"
#include "warehouse/count_of.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/rejects/reject_ids.hpp"
#include "warehouse/types/binary_copy.hpp"

namespace reel::warehouse {

namespace {

/// Each is what one block rejected.
constexpr std::size_t most_pieces_waiting = 3;

// $1 dag, $2 run, $3 task, $4 map index, $5 try, $6 attempt, $7 file, $8 the names of its cells
constexpr std::string_view insert_batch = R"(
INSERT INTO reel.quarantine_batches (dag_id, run_id, task_id, map_index, try_number, attempt, file,
    columns)
VALUES ($1, $2, $3, $4::integer, $5::integer, $6::bigint, $7, $8::text[])
RETURNING batch)";

}  // namespace

/// One transaction. Used by one thread at a time.
class Quarantine::Session {
  public:
    Session(
        const std::string& uri, const LoadIdentity& identity, const std::vector<std::string>& header
    )
        : link_(uri, "reel quarantine"), transaction_(link_), params_(identity_params(identity)) {
        params_.emplace_back();
        params_.emplace_back(postgres::array_literal({header.begin(), header.end()}));
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() {
        try {
            if (is_copying_) link_.copy_abort("the load was given up");
        } catch (const postgres::DatabaseError&) {
            // The connection is gone, and the COPY with it.
            is_copying_ = false;
        }
    }

    void write(RejectedRows rows, const std::string& file) {
        for (std::size_t first = 0; first < rows.size();) {
            if (!is_copying_ || file != file_ || placed_ == most_of_batch) begin_batch(file);
            const auto count = std::min<std::size_t>(
                rows.size() - first, static_cast<std::size_t>(most_of_batch - placed_)
            );
            rows.put_into(batch_, placed_ + 1, first, count);
            send(rows.bytes(first, count));
            placed_ += static_cast<std::int32_t>(count);
            first += count;
        }
    }

    void commit() {
        end_batch();
        transaction_.commit();
    }

  private:
    void begin_batch(const std::string& file) {
        end_batch();
        file_ = file;
        params_[6] = file;
        batch_ = static_cast<std::int32_t>(count_of(link_.exec(insert_batch, params_), "batch"));
        placed_ = 0;
        link_.copy_begin(fmt::format(
            "COPY reel.quarantine_rows ({}) FROM STDIN (FORMAT binary)", rejected_columns
        ));
        is_copying_ = true;
        send(BinaryCopy().take());
    }

    void end_batch() {
        if (!is_copying_) return;
        BinaryCopy end;
        static_cast<void>(end.take());
        end.finish();
        send(end.take());
        is_copying_ = false;
        const std::uint64_t stored = link_.copy_end();
        if (stored == static_cast<std::uint64_t>(placed_)) return;
        throw postgres::DatabaseError(
            postgres::FailureKind::bug,
            "",
            fmt::format("quarantine was sent {} rows, but the server counted {}", placed_, stored)
        );
    }

    void send(std::string_view bytes) {
        is_copying_ = false;  // a failed COPY is over
        link_.copy_data(std::as_bytes(std::span(bytes)));
        is_copying_ = true;
    }

    postgres::Link link_;
    postgres::LinkTransaction transaction_;  // ends before the link
    postgres::Params params_;
    std::string file_;
    std::int32_t batch_ = 0;
    std::int32_t placed_ = 0;  ///< how many rows the batch has
    bool is_copying_ = false;
};

Quarantine::Quarantine(std::string uri, LoadIdentity identity, std::vector<std::string> header)
    : uri_(std::move(uri)), identity_(std::move(identity)), header_(std::move(header)) {}

Quarantine::~Quarantine() = default;

void Quarantine::add(RejectedRows rows, const std::string& file) {
    if (!writer_) {
        writer_ = std::make_unique<Writer>(std::vector<Writer::Work>{[this](Piece piece) {
            if (!session_) session_ = std::make_unique<Session>(uri_, identity_, header_);
            const std::size_t size = piece.rows.size();
            session_->write(std::move(piece.rows), piece.file);
            return size;
        }});
    }
    while (writer_->out() >= most_pieces_waiting) static_cast<void>(writer_->take());
    writer_->push({std::move(rows), file});
}

void Quarantine::commit() {
    if (!writer_) return;
    while (writer_->out() > 0) static_cast<void>(writer_->take());
    writer_.reset();
    session_->commit();
    session_.reset();
}

}  // namespace reel::warehouse
