#include "reel/async/at_once.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <system_error>
#include <thread>
#include <vector>

namespace reel::async {

namespace {

/// False when no more threads are to be had: those that there are do it all.
bool start_one_more(std::vector<std::future<void>>& others, const std::function<void()>& work) {
    try {
        others.push_back(std::async(std::launch::async, work));
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

}  // namespace

void for_each_at_once(
    std::size_t count, std::size_t least_of_a_thread, const std::function<void(std::size_t)>& work
) {
    std::atomic<std::size_t> next = 0;
    const auto take_some = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::future<void>> others;
    const std::size_t threads =
        std::min(cores, count / std::max(least_of_a_thread, std::size_t{1}));
    while (others.size() + 1 < threads && start_one_more(others, take_some)) {
    }
    take_some();
    for (auto& other : others) other.get();
}

}  // namespace reel::async
