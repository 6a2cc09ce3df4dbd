#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/source/record_reader.hpp"
#include "warehouse/stage/record_router.hpp"

namespace reel::warehouse {

/// A record with too few fields that is kept, because it may be the front of a longer one.
struct RecordPart {
    explicit RecordPart(const Record& record);

    std::uint64_t number;
    std::uint64_t line;
    std::uint64_t next_line;  ///< behind its line end
    std::uint64_t offset;
    std::string raw;
    std::vector<std::string> cells;
    bool ends_quoted;  ///< its last cell
    std::string problem;

    /// Whether the other one could be the rest of it: it stands on the next line, both
    /// together have so many fields, and neither of the cells at the break is quoted.
    [[nodiscard]] bool pairs_with(const Record& rest, std::size_t fields) const;
    /// It again.
    [[nodiscard]] Record record() const;
};

/// Two parts as the record that they were: the last cell of the one, the line end and the first
/// cell of the other are one cell.
class JoinedRecord final {
  public:
    JoinedRecord(const RecordPart& front, const Record& rest, std::string_view line_end);
    JoinedRecord(const JoinedRecord&) = delete;
    JoinedRecord& operator=(const JoinedRecord&) = delete;

    /// Valid as long as this and `rest` are. It has the front's number, line and offset.
    [[nodiscard]] const Record& record() const { return record_; }

  private:
    std::string raw_;
    std::vector<std::string> cells_;
    Record record_;
};

/// Stands in front of a router and mends records that an unquoted line break cut in two, where the
/// joined values fit their types. Parts that fit no other are the router's as they are, in the
/// order of the file. What the router rejects of them has its bytes here, until the next call.
class Rejoiner final {
  public:
    /// The router must outlive it; whole records have so many fields.
    Rejoiner(RecordRouter& router, std::size_t fields) : router_(router), fields_(fields) {}

    /// `behind` is the text behind the record that was taken last, where it is known: the line end
    /// between two parts is a part of the mended value.
    void take(const Record& record, std::string_view behind);
    /// The next record has all its fields, or there is none.
    void flush();
    [[nodiscard]] const std::optional<RecordPart>& front() const { return front_; }
    /// How many records were made of two.
    [[nodiscard]] std::uint64_t rejoined() const { return rejoined_; }

  private:
    [[nodiscard]] bool join(const Record& rest, std::string_view behind);

    RecordRouter& router_;
    std::size_t fields_;
    std::optional<RecordPart> front_;
    std::optional<RecordPart> told_;
    std::optional<JoinedRecord> joined_;
    std::uint64_t rejoined_ = 0;
};

}  // namespace reel::warehouse
