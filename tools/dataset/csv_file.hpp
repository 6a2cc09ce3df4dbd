#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::dataset {

struct CsvStyle {
    bool crlf = false;
    bool bom = false;
};

/// Writes one CSV file through a large buffer. A write that fails is remembered and reported by
/// finish().
class CsvFile final {
  public:
    [[nodiscard]] static core::Result<CsvFile> create(
        const std::filesystem::path& path, CsvStyle style
    );

    /// One cell, quoted where it must be. A line break inside becomes the file's own.
    CsvFile& cell(std::string_view text);
    CsvFile& number(std::int64_t value);
    /// Bytes as they are, as the cell or a part of it.
    CsvFile& raw(std::string_view bytes);
    void end_record();
    /// A line made by the caller, end included.
    void append(std::string_view bytes);

    [[nodiscard]] std::string_view line_end() const { return line_end_; }
    [[nodiscard]] core::Result<void> finish();

  private:
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    CsvFile(std::FILE* file, std::filesystem::path path, CsvStyle style);
    void separate();
    void flush();

    std::unique_ptr<std::FILE, Closer> file_;
    std::filesystem::path path_;
    std::string_view line_end_;
    std::string buffer_;
    bool at_start_ = true;
    int error_ = 0;
};

}  // namespace reel::dataset
