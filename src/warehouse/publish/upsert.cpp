#include <fmt/format.h>

#include <chrono>

#include "reel/warehouse/operations.hpp"
#include "warehouse/args.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/publish/publisher.hpp"
#include "warehouse/quality/report.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

core::JsonText report_of(const PublishSpec& spec, const Published& published, double seconds) {
    const auto& counts = published.counts;
    Json report = {
        {"into", spec.into.readable()},
        {"mode", to_string(spec.mode)},
        {"rows", counts.rows},
        {"inserted", counts.inserted},
        {"updated", counts.updated},
        {"unchanged", counts.unchanged},
        {"duplicates", counts.duplicates},
        {"deleted", counts.deleted},
        {"already_loaded", published.already_loaded},
        {"seconds", seconds}
    };
    if (published.plan) {
        report["strategy"] = to_string(published.plan->strategy);
        report["reason"] = published.plan->reason;
    }
    if (!published.evolved.empty()) {
        report["evolved"] = published.evolved;
    }
    if (!published.left_out.empty()) {
        report["left_out"] = published.left_out;
    }
    if (!published.checks.empty()) {
        report["checks"] = checks_json(published.checks);
    }
    return {report.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

std::string log_line(const PublishSpec& spec, const Published& published) {
    const auto& counts = published.counts;
    if (published.already_loaded) {
        return fmt::format(
            "{}: this data was loaded before ({} rows), nothing to do",
            spec.into.readable(),
            grouped(counts.rows)
        );
    }
    const bool deletes = spec.mode == LoadMode::replace || spec.window.has_value() ||
                         spec.missing != MissingRows::keep;
    const auto deleted =
        deletes ? fmt::format(
                      ", {} {}",
                      grouped(counts.deleted),
                      spec.missing == MissingRows::soft ? "marked as deleted" : "deleted"
                  )
                : "";
    return fmt::format(
        "{}: {} rows, {} inserted, {} updated, {} unchanged{}",
        spec.into.readable(),
        grouped(counts.rows),
        grouped(counts.inserted),
        grouped(counts.updated),
        grouped(counts.unchanged),
        deleted
    );
}

}  // namespace

core::Result<core::JsonText> upsert(const core::JsonText& args, const OperationContext& context) {
    PublishSession alone;
    return upsert_within(alone, args, context);
}

core::Result<core::JsonText> upsert_within(
    PublishSession& session, const core::JsonText& args, const OperationContext& context
) {
    const auto spec = parse_publish_spec(args, context);
    if (!spec) {
        return std::unexpected(spec.error());
    }
    return guarded("upsert into " + spec->into.readable(), [&]() -> core::Result<core::JsonText> {
        const auto began = std::chrono::steady_clock::now();
        const auto published = Publisher(*spec, context).run(session);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        if (!published) {
            return std::unexpected(published.error());
        }
        context.log(log_line(*spec, *published));
        return report_of(*spec, *published, took.count());
    });
}

}  // namespace reel::warehouse
