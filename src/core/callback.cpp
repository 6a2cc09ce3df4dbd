#include "reel/core/callback.hpp"

#include <algorithm>
#include <utility>

namespace reel::core {

namespace {

using EventWord = std::pair<CallbackEvent, std::string_view>;
constexpr std::array event_words{
    EventWord{CallbackEvent::execute, "execute"},
    EventWord{CallbackEvent::success, "success"},
    EventWord{CallbackEvent::failure, "failure"},
    EventWord{CallbackEvent::retry, "retry"},
    EventWord{CallbackEvent::skipped, "skipped"},
    EventWord{CallbackEvent::deadline, "deadline"},
};

using KindWord = std::pair<CallbackKind, std::string_view>;
constexpr std::array kind_words{
    KindWord{CallbackKind::command, "command"},
    KindWord{CallbackKind::http, "http"},
    KindWord{CallbackKind::email, "email"},
    KindWord{CallbackKind::slack, "slack"},
};

using ReferenceWord = std::pair<Deadline::Reference, std::string_view>;
constexpr std::array reference_words{
    ReferenceWord{Deadline::Reference::dagrun_logical_date, "dagrun_logical_date"},
    ReferenceWord{Deadline::Reference::dagrun_queued_at, "dagrun_queued_at"},
    ReferenceWord{Deadline::Reference::fixed_datetime, "fixed_datetime"},
};

template <class Words, class Value>
std::string_view word_for(const Words& words, Value value) {
    const auto found = std::ranges::find(words, value, &Words::value_type::first);
    return found == words.end() ? std::string_view{} : found->second;
}

template <class Words>
auto value_for(const Words& words, std::string_view text)
    -> std::optional<typename Words::value_type::first_type> {
    const auto found = std::ranges::find(words, text, &Words::value_type::second);
    if (found == words.end()) return std::nullopt;
    return found->first;
}

}  // namespace

std::string_view to_string(CallbackEvent event) {
    return word_for(event_words, event);
}
std::string_view to_string(CallbackKind kind) {
    return word_for(kind_words, kind);
}
std::string_view to_string(Deadline::Reference reference) {
    return word_for(reference_words, reference);
}

std::optional<CallbackEvent> parse_callback_event(std::string_view text) {
    return value_for(event_words, text);
}
std::optional<CallbackKind> parse_callback_kind(std::string_view text) {
    return value_for(kind_words, text);
}
std::optional<Deadline::Reference> parse_deadline_reference(std::string_view text) {
    return value_for(reference_words, text);
}

}  // namespace reel::core
