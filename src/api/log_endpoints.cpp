#include <algorithm>
#include <charconv>
#include <memory>

#include "endpoints.hpp"
#include "input.hpp"
#include "log_page.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace {

constexpr std::size_t page_bytes = 1U << 20U;
constexpr std::size_t full_bytes = 32U << 20U;

/// Which file, and whether its writer is gone.
struct LogSource {
    std::filesystem::path file;
    bool complete = false;
    std::string hostname;  ///< where the try ran; "": nowhere yet
    /// Why the try failed after all, where its process knew of nothing: what it pushed was refused.
    std::string verdict;
};

Outcome<int> try_number_of(const Call& call) {
    const std::string& text = call.parameter("try_number");
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    return reject({{{"path", "try_number"}, "Input should be a valid integer", "int_parsing"}});
}

bool may_write(core::TaskState state) {
    return state == core::TaskState::queued || state == core::TaskState::running ||
           state == core::TaskState::restarting || state == core::TaskState::scheduled;
}

std::string host_of_try(store::RunStore& store, const core::TaskKey& key, int number) {
    for (const auto& attempt : store.list_attempts(key)) {
        if (attempt.try_number == number && !attempt.hostname.empty()) return attempt.hostname;
    }
    return {};
}

/// Of a log that is not below this server's folder.
std::string missing_log(const LogSource& source) {
    if (source.hostname.empty()) return "*** There is no log of this try";
    return "*** The log of this try is not in the log folder of this server. The try ran on host " +
           source.hostname +
           ", where it lies below logging.base_log_folder; a folder that all "
           "hosts share would show it here";
}

/// What the scheduler found about a try that its log cannot know.
std::string verdict_of(const store::TaskInstanceRecord& task, const std::filesystem::path& file) {
    const bool failed = task.state == core::TaskState::failed && task.try_number > 0;
    if (!failed || task.message.empty()) return {};
    // The last word of the attempt itself.
    if (!log_tells(file, "INFO task succeeded in ") || log_tells(file, task.message)) return {};
    return "*** The task has failed: " + task.message;
}

Outcome<LogSource> find_log(const Call& call, int map_index) {
    auto key = task_key_of(call);
    if (!key) return std::unexpected(key.error());
    key->map_index = map_index;
    const auto number = try_number_of(call);
    if (!number) return std::unexpected(number.error());
    const auto task = find_task_instance(call.services.store, *key);
    if (!task) return std::unexpected(task.error());
    if (*number < 1 || *number > std::max(task->try_number, 1)) {
        return reject(
            404, "The Task Instance has no try with number `" + std::to_string(*number) + "`"
        );
    }
    const bool latest = *number == std::max(task->try_number, 1);
    const bool waiting = task->try_number == 0 && !core::is_finished(task->state);
    auto file = call.services.find_log(call.services.options.logs, *key, *number);
    std::string verdict = latest ? verdict_of(*task, file) : "";
    return LogSource{
        .file = std::move(file),
        .complete = !(latest && (may_write(task->state) || waiting)),
        .hostname = host_of_try(call.services.store, *key, *number),
        .verdict = std::move(verdict),
    };
}

nlohmann::json line_of(const std::string& text) {
    return {{"timestamp", nullptr}, {"event", text}};
}

/// The whole log as lines of JSON, read while it is sent.
Response whole_log(const Call& call, const LogSource& source) {
    struct Reader {
        LogSource source;
        async::BlockingPool& pool;
        std::uint64_t offset = 0;
        bool done = false;

        std::string read() {
            const LogPage page = read_log_page(source.file, offset, page_bytes, source.complete);
            offset = page.next;
            done = page.at_end || page.text.empty();
            std::string lines;
            for (const nlohmann::json& each : log_messages(page.text)) {
                lines += dump(each) + "\n";
            }
            if (done && !page.missing && !source.verdict.empty()) {
                lines += dump(line_of(source.verdict)) + "\n";
            }
            return lines;
        }
        boost::asio::awaitable<std::optional<std::string>> next() {
            if (done) co_return std::nullopt;
            co_return co_await pool.run([this] { return read(); });
        }
    };
    auto reader = std::make_shared<Reader>(source, call.services.pool);
    Response response{.content_type = "application/x-ndjson"};
    response.pieces = [reader] { return reader->next(); };
    return response;
}

}  // namespace

Outcome<Response> get_log(const Call& call) {
    QueryReader query(call.url);
    const bool full = query.boolean("full_content").value_or(false);
    const auto map_index = query.integer("map_index", -1, 1LL << 30).value_or(-1);
    const auto token = query.integer("token", 0, 1LL << 50).value_or(0);
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto source = find_log(call, static_cast<int>(map_index));
    if (!source) return std::unexpected(source.error());
    if (call.request.header("accept").find("application/x-ndjson") != std::string_view::npos) {
        return whole_log(call, *source);
    }
    const LogPage page = read_log_page(
        source->file,
        static_cast<std::uint64_t>(token),
        full ? full_bytes : page_bytes,
        source->complete
    );
    nlohmann::json content = log_messages(page.text);
    if (page.missing && source->complete) {
        content.push_back(line_of(missing_log(*source)));
    } else if (page.at_end && !source->verdict.empty()) {
        content.push_back(line_of(source->verdict));
    }
    nlohmann::json next = nullptr;
    if (!source->complete || !page.at_end) next = std::to_string(page.next);
    return json_response({{"content", std::move(content)}, {"continuation_token", std::move(next)}}
    );
}

}  // namespace reel::api
