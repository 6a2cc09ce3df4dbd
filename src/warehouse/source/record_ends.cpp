#include "warehouse/source/record_ends.hpp"

namespace reel::warehouse {

void RecordEnds::restart() {
    at_ = At::record_start;
    followed_ = whole_ = begin_ = part_fields_ = 0;
    fields_ = 1;
}

/// Behind the line end of a record, a comment or nothing at all.
void RecordEnds::end_record(std::size_t end) {
    const bool is_record = ended_ != At::record_start && ended_ != At::comment;
    const bool is_part = is_record && fields_ < whole_fields_;
    if (!is_part) {
        whole_ = end;
    } else if (part_fields_ == 0 || part_fields_ + fields_ != whole_fields_ + 1) {
        whole_ = begin_;  // it is not the rest of the one before, but may be a front
    }
    part_fields_ = is_part ? fields_ : 0;
    begin_ = end;
    fields_ = 1;
}

void RecordEnds::follow(std::string_view text) {
    for (; followed_ < text.size(); ++followed_) at_ = step(text[followed_], followed_);
}

RecordEnds::At RecordEnds::step(char byte, std::size_t position) {
    switch (at_) {
        case At::quoted:
            if (byte == quote_) return At::closing;
            return escape_ != '\0' && byte == escape_ ? At::quoted_escape : At::quoted;
        case At::closing:
            if (byte == quote_) return At::quoted;
            at_ = At::plain;
            break;
        case At::quoted_escape:
            if (byte == quote_ || byte == escape_) return At::quoted;
            at_ = At::quoted;
            return step(byte, position);
        case At::plain_escape:
            if (byte == '\r') return At::escaped_cr;
            if (is_special(byte)) return At::plain;
            at_ = At::plain;
            break;
        case At::escaped_cr:
            if (byte == '\n') return At::plain;
            at_ = At::plain;
            break;
        case At::cr:
            end_record(byte == '\n' ? position + 1 : position);
            if (byte == '\n') return At::record_start;
            at_ = At::record_start;
            break;
        case At::comment:
            if (byte != '\r' && byte != '\n') return At::comment;
            break;
        case At::record_start:
        case At::cell_start:
        case At::plain:
            break;
    }
    return step_outside(byte, position);
}

RecordEnds::At RecordEnds::step_outside(char byte, std::size_t position) {
    if (byte == '\n' || byte == '\r') ended_ = at_;
    if (byte == '\n') {
        end_record(position + 1);
        return At::record_start;
    }
    if (byte == '\r') return At::cr;
    if (at_ == At::record_start && comment_ != '\0' && byte == comment_) return At::comment;
    if (byte == delimiter_) {
        ++fields_;
        return At::cell_start;
    }
    if (escape_ != '\0' && byte == escape_) return At::plain_escape;
    const bool may_open = at_ == At::record_start || at_ == At::cell_start;
    return may_open && quote_ != '\0' && byte == quote_ ? At::quoted : At::plain;
}

/// What an escape may stand before in an unquoted cell.
bool RecordEnds::is_special(char byte) const {
    return byte == delimiter_ || byte == '\r' || byte == '\n' || byte == escape_ ||
           (quote_ != '\0' && byte == quote_);
}

}  // namespace reel::warehouse
