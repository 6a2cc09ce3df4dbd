#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/rejects.hpp"

namespace reel::warehouse {

/// A load of which quarantined records are chosen.
struct QuarantinedLoad {
    postgres::Params key;  ///< dag, run, task, map index, attempt
    std::string name;      ///< for people
    std::uint64_t records = 0;
    std::uint64_t cut = 0;      ///< further ones, of which only the front was kept
    bool has_staged = false;    ///< else all of its file is missing, and not some records
    bool is_overtaken = false;  ///< a later attempt of the same task has staged
    std::optional<std::vector<std::string>> columns;  ///< of its files, where they were kept
    /// Where its records lie, in their order: each batch, and the last place in it.
    std::vector<std::pair<std::int64_t, std::int64_t>> batches;
};

/// A row of the quarantine.
struct QuarantinedRecord {
    std::string id;
    std::string file;
    std::uint64_t line = 0;
    std::uint64_t number = 0;
    std::uint64_t offset = 0;
    std::optional<std::size_t> element;
    std::string table;
    std::string bytes;  ///< as they were edited, else as they stood in the file
    bool is_edited = false;
};

/// The loads of what the filter chooses, in the order in which they rejected.
[[nodiscard]] std::vector<QuarantinedLoad> find_quarantined_loads(
    postgres::Link& link, const RejectFilter& filter
);

/// The next records of a load behind an id ("0" for the first), in the order of its files: some
/// megabytes of them, or none behind the last.
[[nodiscard]] std::vector<QuarantinedRecord> read_quarantined(
    postgres::Link& link,
    const RejectFilter& filter,
    const QuarantinedLoad& load,
    const std::string& behind
);

}  // namespace reel::warehouse
