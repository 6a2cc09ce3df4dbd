#include "reel/executor/notifier.hpp"

#include <utility>
#include <variant>

#include "call.hpp"
#include "deliveries.hpp"
#include "executor/environment.hpp"

namespace reel::executor {

namespace {

void give_up_with(Call& call, const std::atomic<bool>& abandoned) {
    if (auto* mail = std::get_if<MailCall>(&call)) mail->server.abandoned = &abandoned;
    if (auto* http = std::get_if<fetch::HttpCall>(&call)) http->abandoned = &abandoned;
    if (auto* command = std::get_if<CommandCall>(&call)) command->abandoned = &abandoned;
}

core::Result<void> call_whom_it_says(
    const store::CallbackRecord& record,
    store::RunStore& store,
    const NotifierOptions& options,
    Connections& connections,
    SecretMask& mask,
    const std::atomic<bool>& abandoned
) {
    const auto scene = load_scene(record, store, options.base_url);
    if (!scene) return std::unexpected(scene.error());
    const auto callback = find_callback(*scene);
    if (!callback) return std::unexpected(callback.error());
    auto call = prepare_call(
        *scene, *callback, store, connections, mask, inherited_environment(options.environment)
    );
    if (!call) return std::unexpected(call.error());
    give_up_with(*call, abandoned);
    return make_call(*call);
}

/// Makes one call; its error is fit to be kept and shown.
core::Result<void> carry_out(
    const store::CallbackRecord& record,
    store::RunStore& store,
    const NotifierOptions& options,
    const std::atomic<bool>& abandoned
) {
    SecretMask mask;
    Connections connections(options.environment, store, options.default_warehouse_uri, mask);
    auto outcome = call_whom_it_says(record, store, options, connections, mask, abandoned);
    if (!outcome) {
        core::Error error = outcome.error();
        for (std::string* text : {&error.message, &error.where, &error.hint}) {
            *text = mask.apply(std::move(*text));
        }
        return std::unexpected(std::move(error));
    }
    return outcome;
}

}  // namespace

std::unique_ptr<Notifier> make_notifier(
    const boost::asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    const core::Clock& clock,
    NotifierOptions options
) {
    const RetryRules rules{.retries = options.retries, .delay = options.retry_delay};
    const int threads = options.threads;
    return std::make_unique<Deliveries>(Deliveries::Parts{
        .executor = executor,
        .pool = pool,
        .store = store,
        .clock = clock,
        .carry_out = [&store, options = std::move(options)](
                         const store::CallbackRecord& record, const std::atomic<bool>& abandoned
                     ) { return carry_out(record, store, options, abandoned); },
        .rules = rules,
        .threads = threads,
    });
}

}  // namespace reel::executor
