#include "commit_link.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>

#include "commit_batch.hpp"
#include "reel/core/crash_point.hpp"

namespace reel::store {

namespace {

/// What the longer way can tell more about: a missing row, a foreign key, a date that is taken.
constexpr std::array<std::string_view, 3> in_the_way{not_as_expected, "23503", "23505"};

// A plan that was made for an empty table would read the whole of a large one.
constexpr std::string_view plan_by_key =
    "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; "
    "set plan_cache_mode = force_generic_plan; set jit = off";

/// As if each statement were prepared anew.
std::size_t bytes_of(std::span<const postgres::Statement> statements) {
    std::size_t bytes = 0;
    for (const auto& statement : statements) {
        bytes += statement.sql.size();
        for (const auto& param : statement.params) bytes += param ? param->size() : 0;
    }
    return bytes;
}

/// What a socket that is empty takes at once, with room to spare.
std::size_t room_of(int socket) {
    int bytes = 0;
    socklen_t size = sizeof bytes;
    const bool is_known = ::getsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, &size) == 0;
    return is_known ? static_cast<std::size_t>(bytes) / 4 : 0;
}

}  // namespace

postgres::Link& CommitLink::connect() {
    if (link_ && link_->has_ended()) link_.reset();
    if (!link_) {
        link_.emplace(postgres::limit_network_silence(uri_));
        link_->exec_script(plan_by_key);
    }
    return *link_;
}

void CommitLink::connect_ahead(std::span<const std::string_view> statements) noexcept {
    const std::scoped_lock lock(mutex_);
    try {
        connect().prepare(statements);
    } catch (const std::exception&) {
        link_.reset();
    }
}

void CommitLink::look_into(const postgres::DatabaseError& error, const Fence& fence) {
    fence.recognise(error);
    if (std::ranges::find(in_the_way, error.sqlstate()) != in_the_way.end()) return;
    // A statement may have been cut off in the middle.
    link_.reset();
    throw error;
}

bool CommitLink::store(const CommitPlan& plan, const Fence& fence) {
    const std::scoped_lock lock(mutex_);
    const core::Durably durably(core::Durable::commit);
    try {
        connect().transact(batch_of(plan, fence));
        return true;
    } catch (const postgres::DatabaseError& error) {
        look_into(error, fence);
        return false;
    }
}

/// Holds the link until its end.
class CommitLink::UnderWay final : public CommitUnderWay {
  public:
    UnderWay(CommitLink& link, std::unique_lock<std::mutex> lock, const Fence& fence)
        : link_(link), lock_(std::move(lock)), fence_(fence) {}
    ~UnderWay() override {
        if (!has_ended_) link_.link_.reset();
    }

    void send(std::span<const postgres::Statement> statements) {
        advance([&] {
            link_.link_->send(statements);
            return Progress::under_way;
        });
    }
    [[nodiscard]] int socket() const override { return link_.link_->socket(); }
    [[nodiscard]] Progress look() override {
        return advance([&] {
            return link_.link_->receive() ? Progress::stored : Progress::under_way;
        });
    }

  private:
    template <class Step>
    Progress advance(Step step) {
        Progress progress = Progress::in_the_way;
        try {
            progress = step();
        } catch (const postgres::DatabaseError& error) {
            link_.look_into(error, fence_);
        }
        has_ended_ = progress != Progress::under_way;
        return progress;
    }

    CommitLink& link_;
    std::unique_lock<std::mutex> lock_;
    const Fence& fence_;
    core::Durably durably_{core::Durable::commit};
    bool has_ended_ = false;
};

std::unique_ptr<CommitUnderWay> CommitLink::begin(const CommitPlan& plan, const Fence& fence) {
    std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || !link_ || link_->has_ended()) return nullptr;
    const auto statements = batch_of(plan, fence);
    if (bytes_of(statements) > room_of(link_->socket())) return nullptr;
    auto under_way = std::make_unique<UnderWay>(*this, std::move(lock), fence);
    under_way->send(statements);
    return under_way;
}

std::vector<postgres::Rows> CommitLink::transact(
    std::vector<postgres::Statement> statements, const Fence& fence
) {
    const std::scoped_lock lock(mutex_);
    const auto check = fence.statement();
    if (check) statements.insert(statements.begin(), *check);
    try {
        auto rows = connect().transact(statements);
        if (check) rows.erase(rows.begin());
        return rows;
    } catch (const postgres::DatabaseError& error) {
        fence.recognise(error);
        link_.reset();
        throw;
    }
}

}  // namespace reel::store
