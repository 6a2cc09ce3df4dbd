#include "asset_sensor.hpp"

#include <fmt/format.h>

#include <utility>

#include "executor/context.hpp"
#include "reel/core/asset.hpp"

namespace reel::executor {

namespace {

core::Timestamp interval_start(const store::RunRecord& run) {
    return run.data_interval ? run.data_interval->start : template_date(run);
}

Json event_json(const store::AssetEventRecord& event) {
    const core::TaskKey source = event.source.value_or(core::TaskKey());
    const auto text_or_null = [&](const std::string& text) {
        return event.source ? Json(text) : Json(nullptr);
    };
    return {
        {"uri", event.uri},
        {"timestamp", core::format_iso(event.timestamp)},
        {"extra", Json::parse(event.extra.text, nullptr, false)},
        {"source_dag_id", text_or_null(source.dag_id.str())},
        {"source_run_id", text_or_null(source.run_id.str())},
        {"source_task_id", text_or_null(source.task_id.str())},
        {"source_map_index", source.map_index},
    };
}

}  // namespace

core::Result<AssetWish> parse_asset_wish(const scheduler::AttemptOrder& order, const Json& args) {
    const Json asset = args.value("asset", Json());
    AssetWish wish{
        .uri = asset.is_string() ? asset.get<std::string>() : text_of(asset, "uri"),
        .after = interval_start(order.run)
    };
    if (wish.uri.empty()) {
        wish.uri = text_of(asset, "name");
    }
    if (const auto valid = core::validate_asset_uri(wish.uri); !valid) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("'{}' is no asset: its URI {}", wish.uri, valid.error().message),
            valid.error().hint
        );
    }
    if (const std::string after = text_of(args, "after"); !after.empty()) {
        const auto moment = core::parse_timestamp(after, order.dag->timezone);
        if (!moment) {
            return std::unexpected(moment.error());
        }
        wish.after = *moment;
    }
    return wish;
}

Poke judge_asset(const AssetWish& wish, const store::StateAnswer& answer) {
    if (!answer.event) {
        return not_yet("it has had no event yet");
    }
    const std::string words =
        fmt::format("its latest event is of {}", core::format_iso(answer.event->timestamp));
    if (answer.event->timestamp < wish.after) {
        return not_yet(words);
    }
    Poke poke = met(words);
    poke.xcoms["return_value"] = event_json(*answer.event);
    return poke;
}

AskStore ask_for_asset(AssetWish wish) {
    AskStore ask;
    ask.question.asset = wish.uri;
    ask.judge = [wish = std::move(wish)](const store::StateAnswer& answer) {
        return judge_asset(wish, answer);
    };
    return ask;
}

}  // namespace reel::executor
