#pragma once

#include <functional>
#include <utility>

#include "reel/postgres/error.hpp"
#include "reel/store/dispatch_store.hpp"

namespace reel::worker {

/// What the test and the store's owner share.
struct DispatchFaults {
    bool away = false;         ///< no call gets through
    bool eats_answer = false;  ///< the next call does its work, its answer is lost
    bool deposed = false;      ///< another scheduler leads
    postgres::FailureKind kind = postgres::FailureKind::transient;
    int calls = 0;
};

/// A dispatch store whose database is away when a test says so. Both referred to outlive it.
class FaultyDispatches final : public store::DispatchStore {
  public:
    FaultyDispatches(store::DispatchStore& real, DispatchFaults& faults)
        : real_(real), faults_(faults) {}

    void offer(const std::vector<store::DispatchOffer>& offers) override {
        within_term([&] { real_.offer(offers); });
    }
    void cancel(const std::vector<core::AttemptId>& attempts) override {
        within_term([&] { real_.cancel(attempts); });
    }
    void forget(const std::vector<core::AttemptId>& attempts) override {
        within_term([&] { real_.forget(attempts); });
    }
    std::vector<store::DispatchNews> read_news(const store::SeenDispatches& seen) override {
        return through([&] { return real_.read_news(seen); });
    }
    std::size_t expire() override {
        return through([&] { return real_.expire(); });
    }
    std::vector<store::DispatchOffer> claim(
        const store::WorkerId& worker,
        const std::vector<std::string>& queues,
        core::Duration lease,
        std::size_t limit
    ) override {
        return through([&] { return real_.claim(worker, queues, lease, limit); });
    }
    store::Renewal renew(const store::WorkerBeat& beat) override {
        return through([&] { return real_.renew(beat); });
    }
    std::vector<core::AttemptId> report(
        const store::WorkerId& worker, const std::vector<store::DispatchReport>& reports
    ) override {
        return through([&] { return real_.report(worker, reports); });
    }
    std::vector<store::DispatchRecord> list_dispatches(
        const std::optional<store::WorkerId>& claimed_by
    ) override {
        return through([&] { return real_.list_dispatches(claimed_by); });
    }
    std::vector<store::WorkerRecord> list_workers() override {
        return through([&] { return real_.list_workers(); });
    }

  private:
    [[noreturn]] void fail() const {
        throw postgres::DatabaseError(faults_.kind, "", "the server closed the connection");
    }
    template <class Call>
    void within_term(Call call) {
        through([&] {
            if (faults_.deposed) throw store::LostLeadership("another scheduler has taken over");
            call();
        });
    }
    template <class Call>
    auto through(Call call) -> decltype(call()) {
        ++faults_.calls;
        if (faults_.away) fail();
        if (!std::exchange(faults_.eats_answer, false)) return call();
        call();
        fail();
    }

    store::DispatchStore& real_;
    DispatchFaults& faults_;
};

}  // namespace reel::worker
