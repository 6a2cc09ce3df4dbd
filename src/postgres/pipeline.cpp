#include "pipeline.hpp"

#include <fmt/format.h>

#include <utility>

namespace reel::postgres {

namespace {

/// Everything was sent, so nobody knows what became of it.
DatabaseError in_doubt(const DatabaseError& error) {
    return {FailureKind::in_doubt, error.sqlstate(), error.what()};
}

}  // namespace

Pipeline::Pipeline(Link::State& state) : state_(state) {
    if (PQenterPipelineMode(connection()) == 0) throw state_.lost();
}

std::string Pipeline::prepare(std::string_view sql) {
    const auto known = state_.prepared.find(sql);
    return known == state_.prepared.end() ? prepare_anew(sql) : known->second;
}

std::string Pipeline::prepare_anew(std::string_view sql) {
    std::string name = fmt::format("reel_{}", state_.names_given++);
    if (PQsendPrepare(connection(), name.c_str(), without_nul(sql).c_str(), 0, nullptr) == 0) {
        throw state_.lost();
    }
    awaited_.push_back({.prepares = std::string(sql), .name = name});
    return name;
}

void Pipeline::send(const Statement& statement) {
    const std::string name = prepare(statement.sql);
    std::vector<const char*> values;
    values.reserve(statement.params.size());
    for (const Param& param : statement.params) {
        values.push_back(param ? param->c_str() : nullptr);
    }
    const int sent = PQsendQueryPrepared(
        connection(),
        name.c_str(),
        static_cast<int>(values.size()),
        values.data(),
        nullptr,
        nullptr,
        0
    );
    if (sent == 0) throw state_.lost();
    awaited_.push_back({.prepares = {}, .name = {}});
}

void Pipeline::sync() {
    if (PQpipelineSync(connection()) == 0) throw state_.lost();
}

std::optional<std::vector<Rows>> Pipeline::take(Wait wait) {
    if (wait == Wait::no && PQconsumeInput(connection()) == 0) throw in_doubt(state_.lost());
    while (wait == Wait::until_all_is_there || PQisBusy(connection()) == 0) {
        const ResultPtr result(PQgetResult(connection()));
        if (PQstatus(connection()) != CONNECTION_OK) throw in_doubt(state_.lost());
        if (!result) {
            if (std::exchange(had_null_, true)) throw in_doubt(state_.lost());
            continue;
        }
        had_null_ = false;
        if (taken_ == awaited_.size()) return end(result.get());
        keep(awaited_[taken_++], result.get());
    }
    return std::nullopt;
}

void Pipeline::keep(const Awaited& awaited, PGresult* result) {
    if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED) return;
    if (is_failure(result)) {
        if (!failure_) failure_ = state_.failure(result);
    } else if (awaited.prepares.empty()) {
        rows_.push_back(rows_of(result));
    } else {
        state_.prepared.emplace(awaited.prepares, awaited.name);
    }
}

std::vector<Rows> Pipeline::end(const PGresult* result) {
    const bool is_synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    if (!is_synced && !failure_) failure_ = in_doubt(state_.failure(result));
    if (is_synced) static_cast<void>(PQexitPipelineMode(connection()));
    if (failure_) throw *failure_;
    return std::move(rows_);
}

}  // namespace reel::postgres
