#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace reel::core {

/// A name that cannot be mistaken for another kind of name. Holds any text; `is_valid_key` says
/// what users may choose.
template <class Tag>
class Name {
  public:
    Name() = default;
    explicit Name(std::string value) : value_(std::move(value)) {}
    explicit Name(std::string_view value) : value_(value) {}
    explicit Name(const char* value) : value_(value) {}

    [[nodiscard]] const std::string& str() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }
    auto operator<=>(const Name&) const = default;

  private:
    std::string value_;
};

using DagId = Name<struct DagIdTag>;
using RunId = Name<struct RunIdTag>;
using TaskId = Name<struct TaskIdTag>;

/// The identity of one attempt and at the same time its fencing token: unique for ever, later
/// attempts are larger. Handed out by the store. 0 means "no attempt".
using AttemptId = std::int64_t;

/// One task of one run. `map_index` is -1 for a task that is not mapped (Airflow's convention).
struct TaskKey {
    DagId dag_id;
    RunId run_id;
    TaskId task_id;
    int map_index = -1;

    auto operator<=>(const TaskKey&) const = default;
};

/// Airflow's rule for dag_id and task_id: letters, digits, '_', '-', '.', at most 250 bytes, not
/// empty.
[[nodiscard]] bool is_valid_key(std::string_view text);

/// Airflow's allowed_run_id_pattern: ^[A-Za-z0-9_.~:+-]+$, at most 250 bytes.
[[nodiscard]] bool is_valid_run_id(std::string_view text);

}  // namespace reel::core

template <class Tag>
struct std::hash<reel::core::Name<Tag>> {
    std::size_t operator()(const reel::core::Name<Tag>& name) const noexcept {
        return std::hash<std::string>{}(name.str());
    }
};
