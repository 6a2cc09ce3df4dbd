#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/stage/report.hpp"

namespace reel::warehouse {

/// What became of the files of one source, each by itself.
class FileAccounts final {
  public:
    /// A file comes; so far there were `blocks` blocks of others and what `before` counts.
    void begin(const std::string& name, std::uint64_t blocks, FileAccount before);
    /// It was read to its end, in that time; `whole` counts all files. Gives its own account.
    const FileAccount& end(FileAccount whole, double seconds);
    /// Of the file that was read last.
    void set_content(FileContent content) { files_.back().content = std::move(content); }

    [[nodiscard]] const std::vector<FileOutcome>& files() const { return files_; }
    [[nodiscard]] const std::string& current() const { return files_.back().file; }

    /// Deletes all but the last row of each key from a staging table whose hidden column is still
    /// there. Gives how many there were, and counts them as duplicates of their files, but for
    /// `sent_again` rows of the first file that were there twice.
    [[nodiscard]] std::uint64_t drop_duplicates(
        postgres::Link& link,
        std::size_t table,
        const std::string& physical,
        const std::vector<std::string>& key,
        std::uint64_t sent_again
    );

  private:
    [[nodiscard]] std::string later_files() const;

    std::vector<FileOutcome> files_;
    std::vector<std::int64_t> first_rows_;  ///< the hidden number of each file's first row
    FileAccount before_;
};

}  // namespace reel::warehouse
