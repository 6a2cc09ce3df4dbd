#include <algorithm>
#include <array>
#include <utility>

#include "reel/store/callback_records.hpp"

namespace reel::store {

namespace {

using StateWord = std::pair<CallbackState, std::string_view>;
constexpr std::array state_words{
    StateWord{CallbackState::pending, "pending"},
    StateWord{CallbackState::success, "success"},
    StateWord{CallbackState::failed, "failed"},
    StateWord{CallbackState::skipped, "skipped"},
};

}  // namespace

std::string_view to_string(CallbackState state) {
    const auto* const found = std::ranges::find(state_words, state, &StateWord::first);
    return found == state_words.end() ? std::string_view{} : found->second;
}

std::optional<CallbackState> parse_callback_state(std::string_view text) {
    const auto* const found = std::ranges::find(state_words, text, &StateWord::second);
    if (found == state_words.end()) return std::nullopt;
    return found->first;
}

}  // namespace reel::store
