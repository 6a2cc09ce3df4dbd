#include "csv_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

namespace reel::dataset {

namespace {

constexpr std::size_t buffer_bytes = 1 << 20;

std::unexpected<core::Error> write_failure(const std::filesystem::path& path, int error) {
    return core::fail(
        core::Errc::unavailable,
        fmt::format("cannot write: {}", std::strerror(error)),
        error == ENOSPC ? "free some space on the disk" : "",
        path.string()
    );
}

}  // namespace

core::Result<CsvFile> CsvFile::create(const std::filesystem::path& path, CsvStyle style) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return write_failure(path, errno);
    return CsvFile(file, path, style);
}

CsvFile::CsvFile(std::FILE* file, std::filesystem::path path, CsvStyle style)
    : file_(file), path_(std::move(path)), line_end_(style.crlf ? "\r\n" : "\n") {
    buffer_.reserve(buffer_bytes + buffer_bytes / 8);
    if (style.bom) buffer_ = "\xEF\xBB\xBF";
}

void CsvFile::separate() {
    if (!at_start_) buffer_ += ',';
    at_start_ = false;
}

CsvFile& CsvFile::cell(std::string_view text) {
    separate();
    if (text.find_first_of(",\"\n\r") == std::string_view::npos) {
        buffer_ += text;
        return *this;
    }
    buffer_ += '"';
    for (const char c : text) {
        if (c == '"') buffer_ += '"';
        if (c == '\n') {
            buffer_ += line_end_;
        } else {
            buffer_ += c;
        }
    }
    buffer_ += '"';
    return *this;
}

CsvFile& CsvFile::number(std::int64_t value) {
    separate();
    fmt::format_to(std::back_inserter(buffer_), "{}", value);
    return *this;
}

CsvFile& CsvFile::raw(std::string_view bytes) {
    separate();
    buffer_ += bytes;
    return *this;
}

void CsvFile::end_record() {
    append(line_end_);
    at_start_ = true;
}

void CsvFile::append(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= buffer_bytes) flush();
}

void CsvFile::flush() {
    if (error_ == 0 &&
        std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) {
        error_ = errno;
    }
    buffer_.clear();
}

core::Result<void> CsvFile::finish() {
    flush();
    if (std::fclose(file_.release()) != 0 && error_ == 0) error_ = errno;
    if (error_ != 0) return write_failure(path_, error_);
    return {};
}

}  // namespace reel::dataset
