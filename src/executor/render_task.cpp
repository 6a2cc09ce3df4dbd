#include "render.hpp"

namespace reel::executor {

namespace {

Json masked(const Json& value, const SecretMask& mask) {
    if (value.is_string()) {
        return mask.apply(value.get<std::string>());
    }
    Json result = value;
    if (value.is_structured()) {
        for (Json& member : result) {
            member = masked(member, mask);
        }
    }
    return result;
}

}  // namespace

core::Result<core::JsonText> render_task(
    const scheduler::AttemptOrder& order, store::RunStore& store, const ExecutorOptions& options
) {
    SecretMask mask;
    Connections connections(options.environment, store, options.default_warehouse_uri, mask);
    const auto rendered = render_arguments(order, store, connections);
    if (!rendered) {
        core::Error error = rendered.error();
        error.message = mask.apply(std::move(error.message));
        return std::unexpected(std::move(error));
    }
    return to_text(masked(rendered->args, mask));
}

}  // namespace reel::executor
