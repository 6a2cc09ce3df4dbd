#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// Where the elements of one table went. Elements are records for a table without `each`.
struct TableAccount {
    std::string table;
    std::uint64_t elements_read = 0;
    std::uint64_t staged = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t filtered = 0;
    /// Values that the contract made NULL or ignored, by column; their rows are staged.
    std::map<std::string, std::uint64_t> discarded = {};

    [[nodiscard]] std::uint64_t discarded_values() const;
    /// The equation of row accounting.
    [[nodiscard]] bool balances() const {
        return elements_read == staged + duplicates + quarantined + filtered;
    }
};

/// What became of one file.
struct FileAccount {
    std::uint64_t records_read = 0;
    std::uint64_t records_quarantined = 0;   ///< rejected as a whole, for every table
    std::uint64_t elements_quarantined = 0;  ///< of list columns, one by one
    std::vector<TableAccount> tables;
    std::uint64_t rejoined = 0;  ///< records that the file holds in two parts; read as one
};

/// What became of two parts of one file, or of two files.
void add(FileAccount& account, const FileAccount& part);
/// The other way: what is left of an account without one of its parts.
void subtract(FileAccount& account, const FileAccount& part);

/// An error (corrupt_data) that names the table when there are more rejects than allowed. A count
/// limits all rejects together; a share is held against the records, and for each table with
/// `each` against its elements.
[[nodiscard]] core::Result<void> check_rejects(
    const FileAccount& account, const RejectLimit& limit
);

/// An error (internal) when a table does not balance or `stored`, as the server counted them, is
/// not what was staged.
[[nodiscard]] core::Result<void> check_balance(const TableAccount& account, std::uint64_t stored);

}  // namespace reel::warehouse
