#include "warehouse/source/byte_window.hpp"

#include <cstring>
#include <span>

namespace reel::warehouse {

ByteWindow::ByteWindow(ByteSource& source, std::size_t read_bytes, std::uint64_t offset)
    : source_(&source), bytes_(read_bytes), base_(offset) {}

bool ByteWindow::fill() {
    if (ended_) return false;
    if (end_ == bytes_.size()) make_room();
    const auto got = source_->read(std::as_writable_bytes(std::span(bytes_).subspan(end_)));
    if (!got) failure_ = got.error();
    ended_ = !got || *got == 0;
    if (!ended_) end_ += *got;
    return !ended_;
}

void ByteWindow::mark() {
    mark_ = position_;
    keeping_ = true;
}

void ByteWindow::let_go() {
    mark_ = position_;
    keeping_ = false;
}

void ByteWindow::make_room() {
    const std::size_t from = keeping_ ? mark_ : position_;
    std::memmove(bytes_.data(), bytes_.data() + from, end_ - from);
    base_ += from;
    position_ -= from;
    end_ -= from;
    mark_ = 0;
    if (end_ > bytes_.size() / 2) bytes_.resize(bytes_.size() * 2);
}

}  // namespace reel::warehouse
