#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "output.hpp"

namespace reel::cli {

namespace {

using nlohmann::json;

struct StateLook {
    std::string_view state;
    std::string_view symbol;
    std::string_view colour;  ///< of the terminal
    int place;                ///< order when not all fit
};

const StateLook& look_of(std::string_view state) {
    static constexpr std::array looks{
        StateLook{"running", "●", "36", 0},
        StateLook{"failed", "✘", "31", 1},
        StateLook{"up_for_retry", "↻", "33", 2},
        StateLook{"restarting", "↻", "33", 2},
        StateLook{"queued", "◌", "37", 3},
        StateLook{"scheduled", "◌", "37", 3},
        StateLook{"up_for_reschedule", "◌", "37", 3},
        StateLook{"deferred", "◌", "37", 3},
        StateLook{"upstream_failed", "⊘", "35", 4},
        StateLook{"success", "✔", "32", 6},
        StateLook{"skipped", "⊝", "90", 7},
        StateLook{"removed", "⊝", "90", 7},
    };
    static constexpr StateLook waiting{"waiting", "○", "90", 5};
    const auto* const found = std::ranges::find(looks, state, &StateLook::state);
    return found == looks.end() ? waiting : *found;
}

std::string state_of(const json& object) {
    const auto found = object.find("state");
    return found == object.end() || !found->is_string() ? "waiting" : found->get<std::string>();
}

std::string text_of(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || !found->is_string() ? "" : found->get<std::string>();
}

std::optional<core::Timestamp> time_of(const json& object, const char* name) {
    const std::string text = text_of(object, name);
    if (text.empty()) return std::nullopt;
    const auto at = core::parse_timestamp(text);
    return at ? std::optional(*at) : std::nullopt;
}

/// "12.3s", or "" before it began.
std::string duration_text(const json& object, core::Timestamp now) {
    const auto start = time_of(object, "start_date");
    if (!start) return "";
    const std::string state = state_of(object);
    const bool moves = state == "running" || state == "queued";
    const auto end = moves ? std::optional(now) : time_of(object, "end_date");
    if (!end || *end < *start) return "";
    const auto whole = std::chrono::floor<std::chrono::milliseconds>(*end - *start);
    if (whole < std::chrono::seconds(1)) return core::format_duration(whole);
    return core::format_duration(std::chrono::milliseconds(whole.count() / 100 * 100));
}

std::string painted(const std::string& text, std::string_view colour, bool use) {
    return use ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : text;
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t used = display_width(text);
    return used >= width ? text : text + std::string(width - used, ' ');
}

/// A task that is tried again says so.
std::string try_text(const json& task) {
    const int number = task.value("try_number", 0);
    const int tries = task.value("max_tries", 0) + 1;
    const std::string state = state_of(task);
    if (number > 1 || state == "up_for_retry") return fmt::format("try {} of {}", number, tries);
    return "";
}

std::string task_line(const json& task, std::size_t width, core::Timestamp now, bool colour) {
    const std::string state = state_of(task);
    const StateLook& look = look_of(state);
    std::string line = fmt::format(
        "  {} {}  {}",
        painted(std::string(look.symbol), look.colour, colour),
        padded(task_name(task), width),
        painted(padded(state, 15), look.colour, colour)
    );
    for (const std::string& more : {duration_text(task, now), try_text(task)}) {
        if (!more.empty()) line += "  " + more;
    }
    if (state == "failed" || state == "up_for_retry") {
        const std::string message = cell_text(task.value("message", json()));
        if (!message.empty()) line += "  " + message;
    }
    while (line.ends_with(' ')) {
        line.pop_back();
    }
    return line;
}

std::string count_text(const json& tasks) {
    std::map<std::string, int> counts;
    for (const json& task : tasks) {
        ++counts[state_of(task)];
    }
    std::string text;
    for (const auto& [state, count] : counts) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
    }
    return text;
}

/// In the order of the DAG; what moves first where there is no room for all.
std::vector<const json*> tasks_that_fit(const RunPicture& picture, std::size_t room) {
    std::vector<const json*> tasks;
    for (const json& task : picture.tasks) {
        tasks.push_back(&task);
    }
    if (tasks.size() <= room) return tasks;
    const auto place = [](const json* task) { return look_of(state_of(*task)).place; };
    std::ranges::sort(tasks, [&](const json* left, const json* right) {
        return std::pair(place(left), left) < std::pair(place(right), right);
    });
    tasks.resize(room);
    return tasks;
}

}  // namespace

std::string task_name(const json& task) {
    const int index = task.value("map_index", -1);
    const std::string name = text_of(task, "task_id");
    return index < 0 ? name : fmt::format("{}[{}]", name, index);
}

std::vector<std::string> progress_lines(
    const RunPicture& picture, core::Timestamp now, const ProgressStyle& style
) {
    const std::string state = state_of(picture.run);
    std::vector<std::string> lines;
    std::string head = fmt::format(
        "{} {}  {}",
        text_of(picture.run, "dag_id"),
        text_of(picture.run, "dag_run_id"),
        painted(state, look_of(state).colour, style.colour)
    );
    const std::string duration = duration_text(picture.run, now);
    if (!duration.empty()) head += "  " + duration;
    lines.push_back(head);
    if (!picture.reason.empty()) lines.push_back("  " + picture.reason);
    std::size_t width = 0;
    for (const json& task : picture.tasks) {
        width = std::max(width, display_width(task_name(task)));
    }
    const std::size_t around = 3 + lines.size();
    const auto tasks = tasks_that_fit(picture, style.rows > around ? style.rows - around : 1);
    for (const json* task : tasks) {
        lines.push_back(task_line(*task, width, now, style.colour));
    }
    if (tasks.size() < picture.tasks.size()) {
        lines.push_back(
            fmt::format("  … {} tasks: {}", picture.tasks.size(), count_text(picture.tasks))
        );
    }
    for (std::string& line : lines) {
        line = fit_to_width(line, style.columns);
    }
    return lines;
}

std::vector<std::string> change_lines(
    const RunPicture& picture, std::map<std::string, std::string>& seen, core::Timestamp now
) {
    const std::string clock = core::format_iso(now).substr(11, 8);
    std::vector<std::string> lines;
    for (const json& task : picture.tasks) {
        const std::string name = task_name(task);
        const std::string state = state_of(task);
        const std::string told = state + " " + std::to_string(task.value("try_number", 0));
        const bool known = seen.contains(name);
        if (state == "waiting" || (known && seen[name] == told)) continue;
        seen[name] = told;
        std::string line = fmt::format("{} {} {}", clock, name, state);
        const std::string duration = state == "running" ? "" : duration_text(task, now);
        const std::string message = cell_text(task.value("message", json()));
        if (!duration.empty()) line += " in " + duration;
        if (!message.empty()) line += ": " + message;
        lines.push_back(line);
    }
    return lines;
}

std::string summary_line(const RunPicture& picture) {
    const core::Timestamp end = time_of(picture.run, "end_date").value_or(core::Timestamp());
    const std::string duration = duration_text(picture.run, end);
    return fmt::format(
        "{} {} {}{}: {}",
        text_of(picture.run, "dag_id"),
        text_of(picture.run, "dag_run_id"),
        state_of(picture.run),
        duration.empty() ? "" : " in " + duration,
        picture.tasks.empty() ? "no tasks" : count_text(picture.tasks)
    );
}

std::string redraw(const std::vector<std::string>& lines, std::size_t before) {
    std::string text = before == 0 ? "" : fmt::format("\x1b[{}A\r", before);
    for (const std::string& line : lines) {
        text += line + "\x1b[K\n";
    }
    return text + "\x1b[J";
}

}  // namespace reel::cli
