#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/source/json_records.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/stage/rejoiner.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// Reads single records whose bytes were kept, as the files they come from are read.
class RecordAgain final {
  public:
    /// `columns` name the cells; records that name their own values need none.
    RecordAgain(const StageSpec& spec, std::vector<std::string> columns);

    /// Its number, line and offset are not known here. Bytes that are not one record are a record
    /// with a problem. Valid until the next call.
    [[nodiscard]] Record& read(std::string_view bytes);

  private:
    void read_csv(std::string_view bytes);
    [[nodiscard]] bool read_rest(std::string_view bytes);

    Format format_;
    CsvOptions csv_;
    std::vector<std::string> columns_;
    JsonJudge json_;
    std::optional<MemorySource> source_;
    std::optional<CsvReader> reader_;
    std::optional<JoinedRecord> joined_;
    Record record_;
};

}  // namespace reel::warehouse
