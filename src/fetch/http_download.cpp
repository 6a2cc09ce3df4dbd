#include "http_download.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "checksum.hpp"
#include "file_name.hpp"
#include "part_file.hpp"
#include "retry.hpp"
#include "transfer.hpp"
#include "url.hpp"

namespace reel::fetch {

namespace {

/// The tries of one download and what they add up to.
class HttpTries final {
  public:
    HttpTries(
        const DownloadRequest& request,
        const CacheEntry& entry,
        const LogLine& log,
        const OnProgress& progress
    )
        : request_(request), entry_(entry), log_(log), progress_(progress), stored_(entry.load()) {}

    core::Result<HttpDownload> run();

  private:
    [[nodiscard]] TransferOrder next_order(const PartFile& part) const;
    /// Waits where there is something to wait for; the error when it was the last try.
    core::Result<void> prepare_retry(const TransferOutcome& outcome, Verdict verdict);
    core::Result<HttpDownload> finish(const TransferOutcome& outcome, PartFile& part);
    [[nodiscard]] core::Result<void> check(const std::string& sha256) const;
    [[nodiscard]] core::Error locate(core::Error error) const;
    void log(const std::string& line) const {
        if (log_) log_(line);
    }

    const DownloadRequest& request_;
    const CacheEntry& entry_;
    const LogLine& log_;
    const OnProgress& progress_;
    std::optional<StoredFile> stored_;
    HttpDownload result_;
};

core::Error HttpTries::locate(core::Error error) const {
    error.where = mask_url(request_.from);
    return error;
}

TransferOrder HttpTries::next_order(const PartFile& part) const {
    TransferOrder order{.url = request_.from, .resume = part.size() > 0};
    if (order.resume) {
        order.if_range = part.version().range_validator();
    } else if (stored_) {
        order.if_none_match = stored_->etag;
        order.if_modified_since = stored_->last_modified;
    }
    return order;
}

core::Result<HttpDownload> HttpTries::run() {
    auto part = PartFile::open(entry_.folder());
    if (!part) return std::unexpected(std::move(part.error()));
    while (true) {
        const TransferOrder order = next_order(*part);
        if (order.resume) log("resuming at " + format_bytes(part->size()));
        const TransferOutcome outcome = run_transfer(request_, order, *part, progress_);
        result_.transferred += outcome.transferred;
        result_.resumed = outcome.continued_part || (result_.resumed && outcome.head.status != 200);
        if (order.resume && outcome.head.status == 200) {
            log("the server sends the whole file again");
        }
        const Verdict verdict = judge(outcome);
        if (verdict == Verdict::not_modified && stored_ && !order.resume) {
            if (auto checked = check(stored_->sha256); !checked) {
                return std::unexpected(std::move(checked.error()));
            }
            result_.unchanged = true;
            result_.file = *stored_;
            return std::move(result_);
        }
        if (verdict == Verdict::complete) return finish(outcome, *part);
        if (auto again = prepare_retry(outcome, verdict); !again) {
            return std::unexpected(std::move(again.error()));
        }
        if (verdict == Verdict::start_over) {
            if (auto emptied = part->restart({}); !emptied) {
                return std::unexpected(std::move(emptied.error()));
            }
        }
    }
}

core::Result<void> HttpTries::prepare_retry(const TransferOutcome& outcome, Verdict verdict) {
    core::Error error = explain(outcome);
    if (verdict != Verdict::retry && verdict != Verdict::start_over) {
        return std::unexpected(locate(std::move(error)));
    }
    if (result_.retries >= request_.max_retries) {
        if (result_.retries > 0) {
            error.message += fmt::format(" (after {} retries)", result_.retries);
        }
        return std::unexpected(locate(std::move(error)));
    }
    ++result_.retries;
    if (verdict == Verdict::start_over) {
        log("the file has changed on the server: starting over");
        return {};
    }
    const core::Duration delay =
        delay_before(result_.retries, request_.retry_delay, outcome.retry_after);
    const std::chrono::duration<double> seconds = delay;
    log(fmt::format(
        "retry {} of {} in {:.3g} s: {}",
        result_.retries,
        request_.max_retries,
        seconds.count(),
        error.message
    ));
    std::this_thread::sleep_for(delay);
    return {};
}

core::Result<void> HttpTries::check(const std::string& sha256) const {
    if (request_.checksum.empty()) return {};
    const auto expected = parse_checksum(request_.checksum);
    if (!expected) return std::unexpected(expected.error());
    auto verified = verify_checksum(*expected, entry_.data(), sha256);
    if (!verified) return std::unexpected(locate(std::move(verified.error())));
    return {};
}

core::Result<HttpDownload> HttpTries::finish(const TransferOutcome& outcome, PartFile& part) {
    const Version version = part.version();
    // From here until the notes are written the entry is nobody's: a crash between makes the next
    // run fetch again.
    entry_.drop();
    if (auto finished = part.finish(entry_.data()); !finished) {
        return std::unexpected(std::move(finished.error()));
    }
    auto sha256 = hash_file(HashKind::sha256, entry_.data());
    if (!sha256) return std::unexpected(std::move(sha256.error()));
    if (auto checked = check(*sha256); !checked) {
        entry_.drop();
        return std::unexpected(std::move(checked.error()));
    }
    const auto stamp = load_stamp(entry_.data());
    if (!stamp) return std::unexpected(stamp.error());
    result_.file = StoredFile{
        .etag = outcome.head.etag.empty() ? version.etag : outcome.head.etag,
        .last_modified = version.last_modified,
        .file_name = choose_name(outcome.head.disposition, request_.from, outcome.final_url),
        .sha256 = std::move(*sha256),
        .stamp = *stamp,
        .content_type = outcome.head.content_type,
    };
    if (auto stored = entry_.store(result_.file); !stored) {
        return std::unexpected(std::move(stored.error()));
    }
    return std::move(result_);
}

}  // namespace

core::Result<HttpDownload> download_http(
    const DownloadRequest& request,
    const CacheEntry& entry,
    const LogLine& log,
    const OnProgress& progress
) {
    return HttpTries(request, entry, log, progress).run();
}

}  // namespace reel::fetch
