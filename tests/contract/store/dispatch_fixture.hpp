#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "reel/store/dispatch_store.hpp"
#include "support/manual_clock.hpp"

namespace reel::store {

/// What every DispatchStore must do: each test runs against each implementation. Leases end when
/// the test says so.
class DispatchContract : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override;

    /// Nothing is left of any lease that was given until now.
    void let_leases_end();
    std::vector<core::AttemptId> claim(const WorkerId& worker, std::size_t limit = 10);
    std::vector<core::AttemptId> refused(
        const WorkerId& worker,
        core::AttemptId attempt,
        ReportKind kind,
        const std::string& body = "{}"
    );

    support::ManualClock clock;
    std::unique_ptr<DispatchStore> store;
};

/// Of DAG "movies", run "r1", task "task<attempt>".
[[nodiscard]] DispatchOffer an_offer(
    core::AttemptId attempt, const std::string& queue = "default", int priority = 1
);
[[nodiscard]] WorkerBeat a_beat(const WorkerId& id);

}  // namespace reel::store
