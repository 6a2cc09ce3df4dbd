#pragma once

#include <libpq-fe.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "conninfo.hpp"
#include "reel/postgres/link.hpp"

namespace reel::postgres {

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

struct CloseLink {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};

[[nodiscard]] Rows rows_of(PGresult* result);
[[nodiscard]] bool is_failure(const PGresult* result);
/// A field of an error, "" where the server sent none.
[[nodiscard]] std::string error_field(const PGresult* result, int code);
/// The text as libpq takes it; throws where it would cut it short in silence.
[[nodiscard]] std::string without_nul(std::string_view sql);

class Pipeline;

struct Link::State {
    explicit State(const std::string& uri);
    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    Conninfo conninfo;
    std::unique_ptr<PGconn, CloseLink> connection;
    std::function<void(const std::string&)> notice_sink;
    std::map<std::string, std::string, std::less<>> prepared;  ///< name by statement
    int names_given = 0;
    std::unique_ptr<Pipeline> pipeline;  ///< sent and not received

    [[nodiscard]] DatabaseError lost() const;
    [[nodiscard]] DatabaseError failure(const PGresult* result, std::size_t line = 0) const;
    /// A script may hold COPY, for which there is no data here: the server must not wait for it.
    void refuse_copy(const PGresult* result) const;

    /// Reads all results of one request; the last one, or the first failure.
    struct Answer {
        ResultPtr result;
        std::size_t statements_done = 0;
    };
    [[nodiscard]] Answer drain() const;

    static void forward_notice(void* self, const PGresult* result);
};

}  // namespace reel::postgres
