#include "warehouse/source/json_splitter.hpp"

#include <algorithm>

namespace reel::warehouse {

bool JsonSplitter::find(std::string_view text) {
    if (closed_) return false;
    return layout_ == JsonLayout::lines ? find_line(text) : find_element(text);
}

void JsonSplitter::forget(std::size_t bytes) {
    position_ -= bytes;
    begin_ -= std::min(begin_, bytes);
}

bool JsonSplitter::find_line(std::string_view text) {
    if (!in_record_) begin_ = position_;
    const std::size_t line_end = text.find('\n', position_);
    position_ = std::min(line_end, text.size());
    in_record_ = position_ > begin_;
    if (line_end == std::string_view::npos) return false;
    ++position_;
    const bool has_cr = in_record_ && text[line_end - 1] == '\r';
    return found(has_cr ? line_end - 1 : line_end);
}

bool JsonSplitter::find_element(std::string_view text) {
    while (position_ < text.size() && !closed_) {
        if (in_string_) {
            pass_string(text);
            continue;
        }
        const char byte = text[position_];
        if (in_record_ && depth_ == 0 && (is_json_blank(byte) || byte == ',' || byte == ']')) {
            return found(position_);
        }
        ++position_;
        if (step(byte)) return found(position_);
    }
    return false;
}

/// Takes a byte outside of strings; true when it is the last one of a record.
bool JsonSplitter::step(char byte) {
    if (!in_record_) {
        closed_ = byte == ']';
        if (closed_ || is_json_blank(byte) || byte == ',') return false;
        in_record_ = true;
        begin_ = position_ - 1;
    }
    in_string_ = byte == '"';
    if (byte == '{' || byte == '[') ++depth_;
    const bool closes = (byte == '}' || byte == ']') && depth_ > 0;
    return closes && --depth_ == 0;
}

/// Up to behind the closing quote, or to the end of the text.
void JsonSplitter::pass_string(std::string_view text) {
    for (; position_ < text.size() && in_string_; ++position_) {
        const char byte = text[position_];
        in_string_ = escaped_ || byte != '"';
        escaped_ = !escaped_ && byte == '\\';
    }
}

bool JsonSplitter::found(std::size_t end) {
    end_ = end;
    in_record_ = false;
    return true;
}

void JsonBorders::restart() {
    splitter_.restart();
    whole_ = 0;
}

void JsonBorders::follow(std::string_view text) {
    while (splitter_.find(text)) whole_ = splitter_.position();
    ended_inside_ = splitter_.in_record();
    if (!splitter_.closed()) return;
    closed_ = true;
    has_rubbish_ |= !std::ranges::all_of(text.substr(splitter_.position()), is_json_blank);
}

}  // namespace reel::warehouse
