#include "reel/core/words.hpp"
#include "reel/store/callback_records.hpp"

namespace reel::store {

namespace {

constexpr core::Words<CallbackState, 4> state_words{{
    {CallbackState::pending, "pending"},
    {CallbackState::success, "success"},
    {CallbackState::failed, "failed"},
    {CallbackState::skipped, "skipped"},
}};

}  // namespace

std::string_view to_string(CallbackState state) {
    return core::find_word(state_words, state);
}

std::optional<CallbackState> parse_callback_state(std::string_view text) {
    return core::find_value(state_words, text);
}

}  // namespace reel::store
