#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace reel::warehouse {

/// Several threads that work on what is pushed, and give the results back in the order of the
/// pushes. Pushed and taken by one thread.
template <class In, class Out>
class OrderedWorkers {
  public:
    using Work = std::function<Out(In)>;

    /// A thread for each kind of work; each is called by its thread alone.
    explicit OrderedWorkers(std::vector<Work> works) {
        threads_.reserve(works.size());
        for (Work& work : works) {
            threads_.emplace_back([this, mine = std::move(work)] { serve(mine); });
        }
    }
    OrderedWorkers(const OrderedWorkers&) = delete;
    OrderedWorkers& operator=(const OrderedWorkers&) = delete;
    /// Waits for the work that has begun; what has not is forgotten.
    ~OrderedWorkers() {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
        }
        waiting_.notify_all();
    }

    void push(In item) {
        {
            const std::scoped_lock lock(mutex_);
            auto& slot = slots_.emplace_back();
            slot.item.emplace(std::move(item));
        }
        waiting_.notify_one();
    }
    /// How many pushes have not been taken.
    [[nodiscard]] std::size_t out() const {
        const std::scoped_lock lock(mutex_);
        return slots_.size();
    }
    /// The oldest result, when it is there.
    [[nodiscard]] std::optional<Out> take_ready() {
        const std::scoped_lock lock(mutex_);
        if (slots_.empty() || !slots_.front().done()) return std::nullopt;
        return take_front();
    }
    /// The oldest result; waits for it. Something must be out. Throws what its work threw.
    [[nodiscard]] Out take() {
        std::unique_lock lock(mutex_);
        finished_.wait(lock, [this] { return slots_.front().done(); });
        return take_front();
    }

  private:
    struct Slot {
        std::optional<In> item;  ///< until a thread takes it
        std::optional<Out> result;
        std::exception_ptr failure;
        [[nodiscard]] bool done() const { return result || failure; }
    };

    Out take_front() {
        Slot slot = std::move(slots_.front());
        slots_.pop_front();
        if (begun_ > 0) --begun_;
        if (slot.failure) std::rethrow_exception(slot.failure);
        return *std::move(slot.result);
    }

    void serve(const Work& work) {
        std::unique_lock lock(mutex_);
        for (;;) {
            waiting_.wait(lock, [this] { return stopping_ || begun_ < slots_.size(); });
            if (stopping_) return;
            Slot& slot =
                slots_[begun_++];  // stays where it is: a deque grows and shrinks at its ends
            In item = *std::exchange(slot.item, std::nullopt);
            lock.unlock();
            std::optional<Out> result;
            std::exception_ptr failure;
            try {
                result.emplace(work(std::move(item)));
            } catch (...) {
                failure = std::current_exception();
            }
            lock.lock();
            slot.result = std::move(result);
            slot.failure = failure;
            finished_.notify_all();
        }
    }

    mutable std::mutex mutex_;
    std::condition_variable waiting_;
    std::condition_variable finished_;
    std::deque<Slot> slots_;
    std::size_t begun_ = 0;  ///< how many of the slots have a thread or are done
    bool stopping_ = false;
    std::vector<std::jthread> threads_;  // last: they end first
};

}  // namespace reel::warehouse
