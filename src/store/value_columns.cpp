#include "value_columns.hpp"

#include <algorithm>
#include <limits>

namespace reel::store {

using postgres::Param;
using postgres::Params;

namespace {

/// Length of the UTF-8 character at the front, 0 where there is none that is valid.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return first == 0 ? 0 : 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    const unsigned second = byte(1);
    const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool is_surrogate = first == 0xED && second > 0x9F;
    const bool is_too_large = first == 0xF4 && second > 0x8F;
    return is_overlong || is_surrogate || is_too_large ? 0 : length;
}

}  // namespace

std::string clean_text(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0) {
            clean += "\xEF\xBF\xBD";
        } else {
            clean += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

Param text_value(std::string_view text) {
    return clean_text(text);
}

Param texts_value(const std::vector<std::string>& texts) {
    return column_of(texts, [](const std::string& text) { return text_value(text); });
}

Param number_value(std::int64_t number) {
    return std::to_string(number);
}

Param optional_number_value(std::optional<std::int64_t> number) {
    return number ? number_value(*number) : Param();
}

Param time_value(std::optional<core::Timestamp> at) {
    if (!at) return std::nullopt;
    return std::to_string(at->time_since_epoch().count());
}

Param state_value(core::TaskState state) {
    if (state == core::TaskState::none) return std::nullopt;
    return std::string(core::to_string(state));
}

Params page_values(const Page& page) {
    // bigint is signed.
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
    return {
        std::to_string(std::min(page.limit, most)), std::to_string(std::min(page.offset, most))
    };
}

Columns run_columns(const std::vector<const RunRecord*>& runs) {
    const auto column = [&](auto get) {
        return values_of(runs, [&](const RunRecord* run) { return Param(get(*run)); });
    };
    using Run = const RunRecord&;
    const auto start_of = [](Run r) {
        return r.data_interval ? time_value(r.data_interval->start) : std::nullopt;
    };
    const auto end_of = [](Run r) {
        return r.data_interval ? time_value(r.data_interval->end) : std::nullopt;
    };
    return {
        column([](Run r) { return text_value(r.dag_id.str()); }),
        column([](Run r) { return text_value(r.run_id.str()); }),
        column([](Run r) { return text_value(core::to_string(r.state)); }),
        column([](Run r) { return text_value(core::to_string(r.type)); }),
        column([](Run r) { return text_value(core::to_string(r.triggered_by)); }),
        column([](Run r) { return text_value(r.triggering_user); }),
        column([](Run r) { return text_value(r.conf.text); }),
        column([](Run r) { return time_value(r.logical_date); }),
        column(start_of),
        column(end_of),
        column([](Run r) { return time_value(r.run_after); }),
        column([](Run r) { return time_value(r.queued_at); }),
        column([](Run r) { return time_value(r.start_date); }),
        column([](Run r) { return time_value(r.end_date); }),
        column([](Run r) { return text_value(r.note); }),
        column([](Run r) { return text_value(r.dag_version); }),
        column([](Run r) { return number_value(r.version_number); }),
    };
}

Columns task_columns(const std::vector<const TaskInstanceRecord*>& tasks) {
    const auto column = [&](auto get) {
        return values_of(tasks, [&](const TaskInstanceRecord* task) { return Param(get(*task)); });
    };
    using Task = const TaskInstanceRecord&;
    return {
        column([](Task t) { return text_value(t.key.dag_id.str()); }),
        column([](Task t) { return text_value(t.key.run_id.str()); }),
        column([](Task t) { return text_value(t.key.task_id.str()); }),
        column([](Task t) { return number_value(t.key.map_index); }),
        column([](Task t) { return state_value(t.state); }),
        column([](Task t) { return number_value(t.try_number); }),
        column([](Task t) { return number_value(t.max_tries); }),
        column([](Task t) { return number_value(t.attempt); }),
        column([](Task t) { return time_value(t.scheduled_at); }),
        column([](Task t) { return time_value(t.queued_at); }),
        column([](Task t) { return time_value(t.start_date); }),
        column([](Task t) { return time_value(t.end_date); }),
        column([](Task t) { return time_value(t.next_retry_at); }),
        column([](Task t) { return text_value(t.operator_name); }),
        column([](Task t) { return text_value(t.pool); }),
        column([](Task t) { return number_value(t.pool_slots); }),
        column([](Task t) { return number_value(t.priority_weight); }),
        column([](Task t) { return text_value(t.queue); }),
        column([](Task t) { return text_value(t.hostname); }),
        column([](Task t) { return number_value(t.pid); }),
        column([](Task t) { return text_value(t.message); }),
        column([](Task t) { return text_value(t.note); }),
        column([](Task t) { return text_value(t.rendered_map_index); }),
    };
}

Columns run_change_columns(const std::vector<RunChange>& changes) {
    std::vector<const RunRecord*> runs;
    runs.reserve(changes.size());
    for (const RunChange& change : changes) runs.push_back(&change.after);
    Columns columns = run_columns(runs);
    columns.push_back(values_of(changes, [](const RunChange& change) {
        return text_value(core::to_string(change.from));
    }));
    return columns;
}

Columns task_change_columns(const std::vector<TaskChange>& changes) {
    std::vector<const TaskInstanceRecord*> tasks;
    tasks.reserve(changes.size());
    for (const TaskChange& change : changes) tasks.push_back(&change.after);
    Columns columns = task_columns(tasks);
    columns.push_back(values_of(changes, [](const TaskChange& change) {
        return state_value(change.from);
    }));
    return columns;
}

Columns attempt_columns(const std::vector<AttemptRecord>& attempts) {
    using Attempt = const AttemptRecord&;
    return {
        values_of(attempts, [](Attempt a) { return number_value(a.attempt); }),
        values_of(attempts, [](Attempt a) { return text_value(a.key.dag_id.str()); }),
        values_of(attempts, [](Attempt a) { return text_value(a.key.run_id.str()); }),
        values_of(attempts, [](Attempt a) { return text_value(a.key.task_id.str()); }),
        values_of(attempts, [](Attempt a) { return number_value(a.key.map_index); }),
        values_of(attempts, [](Attempt a) { return number_value(a.try_number); }),
        values_of(attempts, [](Attempt a) { return state_value(a.state); }),
        values_of(attempts, [](Attempt a) { return time_value(a.queued_at); }),
        values_of(attempts, [](Attempt a) { return time_value(a.start_date); }),
        values_of(attempts, [](Attempt a) { return time_value(a.end_date); }),
        values_of(attempts, [](Attempt a) { return text_value(a.hostname); }),
        values_of(attempts, [](Attempt a) { return number_value(a.pid); }),
        values_of(attempts, [](Attempt a) { return text_value(a.message); }),
    };
}

Params key_columns(const std::vector<core::TaskKey>& keys) {
    return {
        column_of(keys, [](const core::TaskKey& key) { return text_value(key.dag_id.str()); }),
        column_of(keys, [](const core::TaskKey& key) { return text_value(key.run_id.str()); }),
        column_of(keys, [](const core::TaskKey& key) { return text_value(key.task_id.str()); }),
        column_of(keys, [](const core::TaskKey& key) { return number_value(key.map_index); }),
    };
}

Columns xcom_columns(const std::vector<XComRecord>& xcoms) {
    using XCom = const XComRecord&;
    return {
        values_of(xcoms, [](XCom x) { return text_value(x.key.dag_id.str()); }),
        values_of(xcoms, [](XCom x) { return text_value(x.key.run_id.str()); }),
        values_of(xcoms, [](XCom x) { return text_value(x.key.task_id.str()); }),
        values_of(xcoms, [](XCom x) { return number_value(x.key.map_index); }),
        values_of(xcoms, [](XCom x) { return text_value(x.name); }),
        values_of(xcoms, [](XCom x) { return text_value(x.value.text); }),
        values_of(xcoms, [](XCom x) { return time_value(x.at); }),
    };
}

}  // namespace reel::store
