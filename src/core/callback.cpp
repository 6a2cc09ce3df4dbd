#include "reel/core/callback.hpp"

#include "reel/core/words.hpp"

namespace reel::core {

namespace {

constexpr Words<CallbackEvent, 6> event_words{{
    {CallbackEvent::execute, "execute"},
    {CallbackEvent::success, "success"},
    {CallbackEvent::failure, "failure"},
    {CallbackEvent::retry, "retry"},
    {CallbackEvent::skipped, "skipped"},
    {CallbackEvent::deadline, "deadline"},
}};

constexpr Words<CallbackKind, 4> kind_words{{
    {CallbackKind::command, "command"},
    {CallbackKind::http, "http"},
    {CallbackKind::email, "email"},
    {CallbackKind::slack, "slack"},
}};

constexpr Words<Deadline::Reference, 3> reference_words{{
    {Deadline::Reference::dagrun_logical_date, "dagrun_logical_date"},
    {Deadline::Reference::dagrun_queued_at, "dagrun_queued_at"},
    {Deadline::Reference::fixed_datetime, "fixed_datetime"},
}};

}  // namespace

std::string_view to_string(CallbackEvent event) {
    return find_word(event_words, event);
}
std::string_view to_string(CallbackKind kind) {
    return find_word(kind_words, kind);
}
std::string_view to_string(Deadline::Reference reference) {
    return find_word(reference_words, reference);
}

std::optional<CallbackEvent> parse_callback_event(std::string_view text) {
    return find_value(event_words, text);
}
std::optional<CallbackKind> parse_callback_kind(std::string_view text) {
    return find_value(kind_words, text);
}
std::optional<Deadline::Reference> parse_deadline_reference(std::string_view text) {
    return find_value(reference_words, text);
}

}  // namespace reel::core
