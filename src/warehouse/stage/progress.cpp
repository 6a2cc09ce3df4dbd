#include "warehouse/stage/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

/// Rates of a moment are noise.
constexpr core::Duration long_enough = std::chrono::milliseconds(500);

std::string per_second(std::uint64_t amount, core::Duration elapsed, bool is_bytes) {
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(amount) / in_seconds(elapsed));
    return is_bytes ? readable_bytes(rate) : grouped(static_cast<std::int64_t>(rate));
}

/// ", 42%, 4s left"
std::string share_text(const ReadShare& share, core::Duration elapsed) {
    if (share.whole == 0) return "";
    const double part =
        std::min(static_cast<double>(share.done) / static_cast<double>(share.whole), 1.0);
    std::string text = fmt::format(", {:.0f}%", std::floor(part * 100));
    if (elapsed < long_enough || share.done == 0) return text;
    const auto left = std::ceil(in_seconds(elapsed) * (1 - part) / part);
    // Beyond that nobody can tell.
    constexpr double longest = 99 * 3600.0;
    if (left >= 1 && left < longest) {
        const std::chrono::seconds seconds(static_cast<std::int64_t>(left));
        text += fmt::format(", {} left", core::format_duration(seconds));
    }
    return text;
}

}  // namespace

core::Duration ProgressLines::interval() const {
    constexpr core::Duration of_a_log = std::chrono::seconds(5);
    constexpr core::Duration of_an_eye = std::chrono::milliseconds(200);
    return in_place ? of_an_eye : of_a_log;
}

bool ProgressPace::is_due(core::Duration elapsed) {
    if (elapsed < next_) return false;
    next_ = elapsed + interval_;
    return true;
}

std::string progress_line(
    const ReadCounts& counts, const ReadShare& share, core::Duration elapsed
) {
    std::string records = grouped(static_cast<std::int64_t>(counts.records)) + " records";
    std::string bytes = readable_bytes(counts.bytes);
    if (elapsed >= long_enough) {
        records += fmt::format(" ({}/s)", per_second(counts.records, elapsed, false));
        bytes += fmt::format(" ({}/s)", per_second(counts.bytes, elapsed, true));
    }
    return fmt::format("{}, {}{}", records, bytes, share_text(share, elapsed));
}

std::string download_line(const ReadShare& share, core::Duration elapsed) {
    std::string bytes = readable_bytes(share.done);
    if (elapsed >= long_enough) {
        bytes += fmt::format(" ({}/s)", per_second(share.done, elapsed, true));
    }
    return fmt::format("downloaded {}{}", bytes, share_text(share, elapsed));
}

std::string totals_line(std::uint64_t records, std::uint64_t bytes, core::Duration elapsed) {
    std::string text = fmt::format(
        "{} records, {} in {:.1f} s",
        grouped(static_cast<std::int64_t>(records)),
        readable_bytes(bytes),
        in_seconds(elapsed)
    );
    if (elapsed >= long_enough) {
        text += fmt::format(
            ": {} records/s, {}/s",
            per_second(records, elapsed, false),
            per_second(bytes, elapsed, true)
        );
    }
    return text;
}

double in_seconds(core::Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::function<core::Duration()> stopwatch() {
    using Clock = std::chrono::steady_clock;
    return
        [began = Clock::now()] { return std::chrono::floor<core::Duration>(Clock::now() - began); };
}

std::function<void(const ReadCounts&)> tell_progress(
    ProgressLines lines, std::function<ReadShare()> share, std::function<core::Duration()> elapsed
) {
    ProgressPace pace(lines.interval());
    return [lines = std::move(lines), share = std::move(share), elapsed = std::move(elapsed), pace](
               const ReadCounts& counts
           ) mutable {
        const auto now = elapsed();
        if (pace.is_due(now)) lines.show(progress_line(counts, share(), now));
    };
}

}  // namespace reel::warehouse
