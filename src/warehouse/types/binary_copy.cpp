#include "warehouse/types/binary_copy.hpp"

#include <utility>

#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

BinaryCopy::BinaryCopy(std::size_t flush_bytes) : flush_bytes_(flush_bytes) {
    buffer_.assign("PGCOPY\n\xFF\r\n\0", 11);
    append_wire(buffer_, std::int32_t{0});  // flags
    append_wire(buffer_, std::int32_t{0});  // no header extension
    tuple_start_ = buffer_.size();
}

void BinaryCopy::begin_tuple(std::uint16_t fields) {
    append_wire(buffer_, static_cast<std::int16_t>(fields));
}

void BinaryCopy::commit_tuple() {
    tuple_start_ = buffer_.size();
    ++tuples_;
}

void BinaryCopy::drop_tuple() {
    buffer_.resize(tuple_start_);
}

void BinaryCopy::add_tuple(std::uint16_t fields, std::string_view encoded) {
    begin_tuple(fields);
    buffer_ += encoded;
    commit_tuple();
}

std::string BinaryCopy::take() {
    std::string ready = std::exchange(buffer_, {});
    buffer_.reserve(ready.size());  // the next piece is as large
    buffer_.assign(ready, tuple_start_);
    ready.resize(tuple_start_);
    tuple_start_ = 0;
    return ready;
}

void BinaryCopy::finish() {
    append_wire(buffer_, std::int16_t{-1});
    tuple_start_ = buffer_.size();
}

}  // namespace reel::warehouse
