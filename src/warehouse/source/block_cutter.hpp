#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/source/byte_source.hpp"
#include "warehouse/source/record_ends.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/source/text_block.hpp"

namespace reel::warehouse {

/// Cuts a file into blocks of whole records. It follows the quotes from the file's start and so
/// knows for certain which line break ends a record; what the cells hold is not its business.
class BlockCutter {
  public:
    static constexpr std::size_t usual_bytes = 1U << 20U;

    /// Goes on behind what a reader of the header has read. The source must outlive it.
    /// Blocks have `block_bytes` as long as records are small.
    BlockCutter(
        ByteSource& source,
        const CsvOptions& options,
        const ReadAhead& begun,
        std::size_t block_bytes = usual_bytes
    );
    /// The same for a text whose records end where `borders`, which must outlive it, says so.
    BlockCutter(
        ByteSource& source,
        RecordBorders& borders,
        const CsvOptions& limits,
        const ReadAhead& begun,
        std::size_t block_bytes = usual_bytes
    );

    /// The next block, in the memory of a used one if there is one; none at the end of the file,
    /// and when a record outgrows its limit: then `rest` has what was read of it. Errors are the
    /// source's.
    [[nodiscard]] core::Result<std::optional<TextBlock>> next(TextBlock used = {});
    /// Bytes that were read but are in no block.
    [[nodiscard]] std::string_view rest() const { return block_.text(); }
    [[nodiscard]] bool has_rest() const { return block_.size > 0; }
    /// Of what was not cut yet.
    [[nodiscard]] std::uint64_t offset() const { return block_.offset; }

  private:
    struct Segment {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    [[nodiscard]] core::Result<void> fill(std::size_t wanted);
    void grow(std::size_t capacity);
    void follow_quotes();
    [[nodiscard]] bool opens_cell(std::size_t at) const;
    [[nodiscard]] std::size_t find_cut() const;
    [[nodiscard]] std::size_t find_cut(Segment segment) const;
    [[nodiscard]] TextBlock cut(std::size_t size, TextBlock used);

    ByteSource& source_;
    char delimiter_;
    char quote_;
    std::size_t block_bytes_;
    std::size_t greatest_;  ///< when the record has still not ended, it is too large
    TextBlock block_;       ///< what was read and not cut; begins at a record's start
    bool ended_ = false;

    std::optional<RecordEnds> ends_;    ///< of CSV with comments, escapes or parts of records
    RecordBorders* borders_ = nullptr;  ///< who follows the text where quotes alone do not tell
    // How far the quotes were followed, and what lies outside of them before that.
    std::vector<Segment> outside_;
    std::size_t followed_ = 0;
    std::size_t outside_from_ = 0;
    bool in_quotes_ = false;
};

}  // namespace reel::warehouse
