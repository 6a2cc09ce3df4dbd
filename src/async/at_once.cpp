#include "reel/async/at_once.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace reel::async {

void for_each_at_once(
    std::size_t count, std::size_t least_of_a_thread, const std::function<void(std::size_t)>& work
) {
    std::atomic<std::size_t> next = 0;
    const auto take_some = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::future<void>> others;
    for (std::size_t i = 1; i < std::min(cores, count / least_of_a_thread); ++i) {
        others.push_back(std::async(std::launch::async, take_some));
    }
    take_some();
    for (auto& other : others) other.get();
}

}  // namespace reel::async
