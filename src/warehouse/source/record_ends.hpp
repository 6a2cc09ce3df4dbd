#pragma once

#include <cstddef>
#include <string_view>

#include "warehouse/source/record_borders.hpp"
#include "warehouse/source/record_reader.hpp"

namespace reel::warehouse {

/// Follows CSV text byte by byte, as CsvScanner does, to know where records end: for files with
/// comments or escapes, whose quotes alone do not tell, and for those with records that may be
/// parts of one (`rejoin`): an end between two of these is none.
class RecordEnds final : public RecordBorders {
  public:
    explicit RecordEnds(const CsvOptions& options)
        : delimiter_(options.delimiter),
          quote_(options.quote),
          escape_(options.escape),
          comment_(options.comment),
          whole_fields_(options.rejoin ? options.fields : 0) {}

    void restart() override;
    void follow(std::string_view text) override;
    /// Comments are among them. A CR that ends the text may have its LF yet to come.
    [[nodiscard]] std::size_t whole() const override { return whole_; }
    [[nodiscard]] bool in_quotes() const override {
        return at_ == At::quoted || at_ == At::quoted_escape;
    }

  private:
    enum class At {
        record_start,
        cell_start,
        plain,  ///< inside an unquoted cell, or behind a closing quote
        quoted,
        comment,
        closing,       ///< behind a quote inside quotes, which closes unless it is doubled
        plain_escape,  ///< behind an escape
        quoted_escape,
        escaped_cr,  ///< behind an escaped CR, whose LF is escaped as well
        cr,          ///< behind a CR that ended a record
    };

    [[nodiscard]] At step(char byte, std::size_t position);
    [[nodiscard]] At step_outside(char byte, std::size_t position);
    [[nodiscard]] bool is_special(char byte) const;
    void end_record(std::size_t end);

    char delimiter_;
    char quote_;
    char escape_;
    char comment_;
    At at_ = At::record_start;
    At ended_ = At::plain;  ///< where the line end was met
    std::size_t followed_ = 0;
    std::size_t whole_ = 0;
    std::size_t whole_fields_;     ///< of a record that is no part; 0 where there are no parts
    std::size_t begin_ = 0;        ///< of the record at hand
    std::size_t fields_ = 1;       ///< of it, so far
    std::size_t part_fields_ = 0;  ///< of the one before it, where that may be the front of one
};

}  // namespace reel::warehouse
