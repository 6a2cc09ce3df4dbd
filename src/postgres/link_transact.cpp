// Several statements in one round trip.

#include <poll.h>

#include "pipeline.hpp"

namespace reel::postgres {

void Link::send(std::span<const Statement> statements) {
    for (const Statement& statement : statements) {
        for (const Param& param : statement.params) {
            if (param) static_cast<void>(without_nul(*param));
        }
    }
    state_->pipeline = std::make_unique<Pipeline>(*state_);
    for (const Statement& statement : statements) state_->pipeline->send(statement);
    state_->pipeline->sync();
}

std::optional<std::vector<Rows>> Link::receive() {
    auto rows = state_->pipeline->take(Pipeline::Wait::no);
    if (rows) state_->pipeline.reset();
    return rows;
}

std::vector<Rows> Link::transact(std::span<const Statement> statements) {
    send(statements);
    const auto pipeline = std::move(state_->pipeline);
    return *pipeline->take(Pipeline::Wait::until_all_is_there);
}

void Link::prepare(std::span<const std::string_view> statements) {
    Pipeline pipeline(*state_);
    for (const std::string_view sql : statements) static_cast<void>(pipeline.prepare(sql));
    pipeline.sync();
    static_cast<void>(pipeline.take(Pipeline::Wait::until_all_is_there));
}

bool Link::has_ended() const {
    pollfd socket{.fd = PQsocket(state_->connection.get()), .events = POLLIN, .revents = 0};
    return ::poll(&socket, 1, 0) != 0;
}

}  // namespace reel::postgres
