#include "instance_name.hpp"

#include <fmt/format.h>

#include "context.hpp"
#include "lookups.hpp"
#include "reel/templating/render.hpp"
#include "render.hpp"

namespace reel::executor {

namespace {

constexpr std::size_t most_characters = 250;

/// Never within a character.
std::string shortened(std::string text) {
    std::size_t characters = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (begins && ++characters > most_characters) {
            text.resize(at);
        }
    }
    return text;
}

core::Result<std::string> render_name(
    const scheduler::AttemptOrder& order,
    const std::vector<store::XComRecord>& pushed,
    store::RunStore& store,
    Connections& connections
) {
    const auto rendered = render_arguments(order, store, connections);
    if (!rendered) {
        return std::unexpected(rendered.error());
    }
    StoreLookups lookups(order, store, connections);
    lookups.know(pushed);
    Json context =
        template_context(order, rendered->expand, lookups.triggering_asset_events(order.run));
    // Airflow's `task` is the operator itself, its arguments rendered.
    Json task = rendered->args;
    task.update(context["task"]);
    context["task"] = std::move(task);
    auto name = templating::render(
        order.task().map_index_template,
        fmt::format("{}.map_index_template", order.key.task_id.str()),
        to_text(context),
        lookups
    );
    lookups.rethrow_failure();
    return name;
}

}  // namespace

core::Result<std::string> render_instance_name(
    const scheduler::AttemptOrder& order,
    const std::vector<store::XComRecord>& pushed,
    store::RunStore& store,
    const ExecutorOptions& options,
    SecretMask& mask
) {
    Connections connections(options.environment, store, options.default_warehouse_uri, mask);
    auto name = render_name(order, pushed, store, connections);
    if (!name) {
        core::Error error = name.error();
        error.message = mask.apply(std::move(error.message));
        return std::unexpected(std::move(error));
    }
    return shortened(mask.apply(*std::move(name)));
}

}  // namespace reel::executor
