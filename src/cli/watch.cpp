#include "watch.hpp"

#include <fmt/format.h>

#include <iostream>
#include <utility>

#include "progress.hpp"

namespace reel::cli {

namespace {

constexpr std::chrono::milliseconds poll_interval{200};
constexpr std::chrono::seconds patience{60};  ///< with a server that has gone
constexpr std::size_t shown_log_lines = 20;
constexpr std::size_t most_named_runs = 3;
constexpr std::size_t most_shown_logs = 3;

class Watch final {
  public:
    Watch(Context& context, const WatchOptions& options)
        : context_(context),
          options_(options),
          to_(options.on_stderr ? context.err() : context.out()),
          redraws_(!options.on_stderr && context.world().out_is_terminal) {}

    core::Result<nlohmann::json> follow();

  private:
    core::Result<RunPicture> look();
    core::Result<std::string> reason_to_wait();
    void show(const RunPicture& picture);
    void report(const RunPicture& picture);
    void show_log(const nlohmann::json& task);
    core::Result<bool> outlast(const core::Error& error);
    [[nodiscard]] bool use_colour() const;

    Context& context_;
    const WatchOptions& options_;
    std::ostream& to_;
    bool redraws_;
    std::size_t drawn_ = 0;
    std::map<std::string, std::string> seen_;
    std::string told_reason_;
    core::Duration waited_{};
};

bool Watch::use_colour() const {
    const auto found = context_.world().environment.find("NO_COLOR");
    return redraws_ && (found == context_.world().environment.end() || found->second.empty());
}

core::Result<RunPicture> Watch::look() {
    const auto api = context_.api();
    if (!api) return std::unexpected(api.error());
    // The run first: when it has ended, the tasks that are read after it are final.
    auto run = (*api)->get(api_path({"dags", options_.dag_id, "dagRuns", options_.run_id}));
    if (!run) return std::unexpected(run.error());
    auto tasks = (*api)->list(
        api_path({"dags", options_.dag_id, "dagRuns", options_.run_id, "taskInstances"}),
        "task_instances"
    );
    if (!tasks) return std::unexpected(tasks.error());
    RunPicture picture{std::move(*run), std::move(*tasks), ""};
    if (picture.run.value("state", "") == "queued") {
        auto reason = reason_to_wait();
        if (!reason) return std::unexpected(reason.error());
        picture.reason = std::move(*reason);
    }
    return picture;
}

/// Why a queued run does not start: its DAG is paused, or has as many runs as it may have.
core::Result<std::string> Watch::reason_to_wait() {
    const auto api = context_.api();
    const auto dag = (*api)->get(api_path({"dags", options_.dag_id, "details"}));
    if (!dag) return std::unexpected(dag.error());
    if (dag->value("is_paused", false)) return paused_text(options_.dag_id);
    const auto limit = dag->value("max_active_runs", std::size_t{0});
    if (dag->value("active_runs_count", std::size_t{0}) < limit) return "";
    const auto before = (*api)->list(
        api_path({"dags", options_.dag_id, "dagRuns"}),
        "dag_runs",
        {{"state", "running"}, {"order_by", "run_after"}},
        most_named_runs
    );
    if (!before) return std::unexpected(before.error());
    std::string names;
    for (const nlohmann::json& run : *before) {
        const std::string name = run.value("dag_run_id", "");
        if (name != options_.run_id) names += (names.empty() ? "" : ", ") + name;
    }
    if (names.empty()) return "";  // they have just ended, or it has just begun
    return fmt::format(
        "{} {} waits for {}{}: {} at a time (max_active_runs)",
        options_.dag_id,
        options_.run_id,
        names,
        limit > most_named_runs ? " …" : "",
        limit == 1 ? "one run" : fmt::format("{} runs", limit)
    );
}

void Watch::show(const RunPicture& picture) {
    const core::Timestamp now = context_.world().clock.now();
    if (!redraws_) {
        const bool told = picture.reason.empty() || picture.reason == told_reason_;
        if (!told) {
            to_ << picture.reason << "\n";
            told_reason_ = picture.reason;
        }
        for (const std::string& line : change_lines(picture, seen_, now)) {
            to_ << line << "\n";
        }
        to_ << std::flush;
        return;
    }
    const ProgressStyle style{
        .colour = use_colour(), .rows = context_.world().rows, .columns = context_.world().columns
    };
    const auto lines = progress_lines(picture, now, style);
    to_ << redraw(lines, drawn_) << std::flush;
    drawn_ = lines.size();
}

void Watch::show_log(const nlohmann::json& task) {
    const auto api = context_.api();
    const std::string task_id = task.value("task_id", "");
    const int tries = std::max(task.value("try_number", 1), 1);
    const auto log = (*api)->get(
        api_path(
            {"dags",
             options_.dag_id,
             "dagRuns",
             options_.run_id,
             "taskInstances",
             task_id,
             "logs",
             std::to_string(tries)}
        ),
        {{"full_content", "true"}, {"map_index", std::to_string(task.value("map_index", -1))}}
    );
    if (!log) return;
    const nlohmann::json content = log->value("content", nlohmann::json::array());
    const std::size_t first =
        content.size() > shown_log_lines ? content.size() - shown_log_lines : 0;
    for (std::size_t i = first; i < content.size(); ++i) {
        to_ << "    " << content[i].value("event", "") << "\n";
    }
}

void Watch::report(const RunPicture& picture) {
    to_ << summary_line(picture) << "\n";
    std::size_t failed = 0;
    for (const nlohmann::json& task : picture.tasks) {
        if (task.value("state", nlohmann::json()) != "failed") continue;
        if (++failed > most_shown_logs) continue;
        const std::string message = cell_text(task.value("message", nlohmann::json()));
        to_ << fmt::format(
            "{} failed{}{}, the end of its log:\n",
            task_name(task),
            message.empty() ? "" : ": ",
            message
        );
        show_log(task);
    }
    if (failed > most_shown_logs) {
        to_ << fmt::format(
            "and {} more failed: reel tasks states-for-dag-run {} {}\n",
            failed - most_shown_logs,
            options_.dag_id,
            options_.run_id
        );
    }
    to_ << std::flush;
}

/// A server may be restarted while it is watched; its run goes on.
core::Result<bool> Watch::outlast(const core::Error& error) {
    const bool away = error.code == core::Errc::unavailable || error.code == core::Errc::timed_out;
    if (!away || waited_ >= patience) return std::unexpected(error);
    if (waited_ == core::Duration()) {
        context_.err() << error.message << "; waiting for it\n" << std::flush;
        drawn_ = 0;  // the picture goes on below the message
    }
    const core::Duration pause = std::chrono::seconds(1);
    waited_ += pause;
    return context_.world().pause(pause);
}

core::Result<nlohmann::json> Watch::follow() {
    while (true) {
        const auto picture = look();
        bool interrupted = false;
        if (picture) {
            waited_ = {};
            show(*picture);
            const std::string state = picture->run.value("state", "");
            if (state == "success" || state == "failed") {
                report(*picture);
                return picture->run;
            }
            interrupted = context_.world().pause(poll_interval);
        } else {
            const auto left = outlast(picture.error());
            if (!left) return std::unexpected(left.error());
            interrupted = *left;
        }
        if (interrupted) {
            context_.err() << fmt::format(
                "\nleft {} {}: it goes on; `reel dags state {} {}` shows its state\n",
                options_.dag_id,
                options_.run_id,
                options_.dag_id,
                options_.run_id
            );
            return nlohmann::json{{"state", "detached"}};
        }
    }
}

}  // namespace

void warn_if_paused(Context& context, ApiClient& api, const std::string& dag_id) {
    const auto dag = api.get(api_path({"dags", dag_id}));
    if (!dag || !dag->value("is_paused", false)) return;
    context.err() << paused_text(dag_id) << "\n";
}

std::string paused_text(const std::string& dag_id) {
    return fmt::format(
        "{} is paused: the run stays queued until `reel dags unpause {}`", dag_id, dag_id
    );
}

core::Result<nlohmann::json> watch_run(Context& context, const WatchOptions& options) {
    return Watch(context, options).follow();
}

}  // namespace reel::cli
