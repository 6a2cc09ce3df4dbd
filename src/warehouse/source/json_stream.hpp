#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "warehouse/source/json_records.hpp"
#include "warehouse/source/json_splitter.hpp"
#include "warehouse/source/record_file.hpp"

namespace reel::warehouse {

/// How a JSON file ended.
struct JsonEnd {
    bool closed = false;       ///< its array, or one that it did not begin
    bool inside = false;       ///< a record
    bool has_rubbish = false;  ///< behind the array
};

/// An error where that is no end for a file that is (or is not) one array.
[[nodiscard]] core::Result<void> check_json_end(const JsonEnd& end, bool is_array);

/// The records of JSON text one by one, of which those that are too large pass by without being
/// kept.
class JsonStream final : public RecordStream {
  public:
    /// `begun` is what was read of the source before; both must outlive it.
    JsonStream(
        std::string_view begun,
        ByteSource& source,
        JsonLayout layout,
        const CsvOptions& limits,
        const CsvPlace& place
    );
    [[nodiscard]] core::Result<bool> next(Record& record) override;
    [[nodiscard]] const ReadCounts& counts() const override { return counts_; }
    /// When there are no more records.
    [[nodiscard]] const JsonEnd& end() const { return end_; }

  private:
    [[nodiscard]] core::Result<bool> find();
    [[nodiscard]] core::Result<bool> fill();
    [[nodiscard]] core::Result<void> finish();
    void let_go(std::size_t bytes);
    [[nodiscard]] std::uint64_t line_at(std::size_t position);
    void fill_record(Record& record);
    void fill_too_large(Record& record);

    ChainedSource source_;
    CsvOptions limits_;
    JsonSplitter splitter_;
    JsonJudge judge_;
    std::string text_;         ///< what was read and not let go
    std::uint64_t offset_;     ///< of its first byte
    std::size_t counted_ = 0;  ///< up to where its lines were counted
    std::uint64_t line_;       ///< of that byte
    std::size_t record_end_ = 0;
    std::string cut_;            ///< the front of a record that is too large
    std::uint64_t dropped_ = 0;  ///< how much of it was let go
    CsvPlace cut_at_;            ///< where it began
    ReadCounts counts_;
    JsonEnd end_;
    bool ended_ = false;
};

}  // namespace reel::warehouse
