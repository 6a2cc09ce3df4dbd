#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "reel/core/time.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/stage/input_files.hpp"

namespace reel::warehouse {

/// Where a long operation tells how far it is. Without `in_place`, a line that takes the place of
/// the one before and goes when it is empty, lines go to the log now and then.
struct ProgressLines {
    using Say = std::function<void(const std::string&)>;
    Say log;
    Say in_place = {};

    /// How often somebody wants to know.
    [[nodiscard]] core::Duration interval() const;
    void show(const std::string& line) const { in_place ? in_place(line) : log(line); }
};

/// When the next line is due, by the time that has passed since the beginning.
class ProgressPace final {
  public:
    explicit ProgressPace(core::Duration interval) : interval_(interval), next_(interval) {}
    [[nodiscard]] bool is_due(core::Duration elapsed);

  private:
    core::Duration interval_;
    core::Duration next_;
};

/// "1,200,000 records (400,000/s), 96.0 MB (32.0 MB/s), 42%, 4s left". Rates are those since the
/// beginning; what nobody knows is left out.
[[nodiscard]] std::string progress_line(
    const ReadCounts& counts, const ReadShare& share, core::Duration elapsed
);

/// "downloaded 96.0 MB (32.0 MB/s), 42%, 4s left".
[[nodiscard]] std::string download_line(const ReadShare& share, core::Duration elapsed);

/// The same for what was read in the end: "1,200,000 records, 96.0 MB in 3.0 s: 400,000 records/s,
/// …".
[[nodiscard]] std::string totals_line(
    std::uint64_t records, std::uint64_t bytes, core::Duration elapsed
);

[[nodiscard]] double in_seconds(core::Duration duration);

/// The time since it was made.
[[nodiscard]] std::function<core::Duration()> stopwatch();

/// Tells of a reading whenever a line is due. `share` is asked then; what it asks must outlive it.
[[nodiscard]] std::function<void(const ReadCounts&)> tell_progress(
    ProgressLines lines,
    std::function<ReadShare()> share,
    std::function<core::Duration()> elapsed = stopwatch()
);

}  // namespace reel::warehouse
