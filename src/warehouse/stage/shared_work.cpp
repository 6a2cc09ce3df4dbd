#include "warehouse/stage/shared_work.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

namespace reel::warehouse {

void share_work(
    const std::vector<postgres::Link*>& links,
    std::size_t count,
    const std::function<void(postgres::Link& link, std::size_t thing)>& work
) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::exception_ptr> failures(links.size());
    const auto take_turns = [&](std::size_t own) {
        try {
            for (std::size_t thing = next++; thing < count; thing = next++) {
                work(*links[own], thing);
            }
        } catch (...) {
            failures[own] = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> threads;
        const std::size_t most = std::min(links.size(), count);
        for (std::size_t i = 1; i < most; ++i) threads.emplace_back(take_turns, i);
        take_turns(0);
    }
    for (const auto& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
}

}  // namespace reel::warehouse
