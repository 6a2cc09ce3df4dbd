#include <algorithm>
#include <boost/asio/use_awaitable.hpp>

#include "loop.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

Loop::Loading::Loading(std::multiset<store::RunName>& all, store::RunName run)
    : all_(all), place_(all.insert(std::move(run))) {}

Loop::Loading::~Loading() {
    all_.erase(place_);
}

namespace {

/// Names what is being removed, for as long as it takes.
class Removing final {
  public:
    Removing(std::set<store::RunName>& all, const std::vector<store::RunName>& runs) : all_(all) {
        all_.insert(runs.begin(), runs.end());
    }
    ~Removing() { all_.clear(); }
    Removing(const Removing&) = delete;
    Removing& operator=(const Removing&) = delete;

  private:
    std::set<store::RunName>& all_;
};

}  // namespace

/// The planner must not come to hold a run that goes: its next commit would find nothing.
asio::awaitable<std::vector<store::RunName>> Loop::remove_expired_runs(store::RunExpiry expiry) {
    auto runs = co_await parts_.pool.run([this, &expiry] {
        return parts_.store.find_expired_runs(expiry);
    });
    std::erase_if(runs, [this](const store::RunName& run) {
        return planner_.has_run(run.dag_id, run.run_id) || loading_.contains(run);
    });
    if (runs.empty()) co_return runs;
    const Removing removing(removing_, runs);
    co_await parts_.pool.run([this, &runs] { return parts_.store.delete_runs(runs); });
    co_return runs;
}

}  // namespace reel::scheduler
