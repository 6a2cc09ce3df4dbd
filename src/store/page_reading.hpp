#pragma once

#include <string>

#include "reel/postgres/database.hpp"
#include "reel/store/listing.hpp"
#include "row_reading.hpp"

/// One page of a list, and how many there are in all.
namespace reel::store {

struct ListSql {
    std::string columns;
    std::string from;         ///< "from reel.pool p where …"
    std::string order;        ///< "t.id desc"
    postgres::Params params;  ///< of `from`, $1 and on
};

[[nodiscard]] postgres::Rows read_page_rows(
    postgres::Database& database, const ListSql& list, const Page& page
);
/// A page that is not full ends the list: only where it does not are all counted, as they stand by
/// then.
[[nodiscard]] std::size_t total_of(
    postgres::Database& database, const ListSql& list, const Page& page, std::size_t rows
);

template <class Read>
[[nodiscard]] auto read_page(
    postgres::Database& database, const ListSql& list, const Page& page, Read read
) {
    const postgres::Rows rows = read_page_rows(database, list, page);
    Listing<decltype(read(rows, std::size_t{0}))> listing;
    listing.items = read_all(rows, read);
    listing.total = total_of(database, list, page, rows.size());
    return listing;
}

}  // namespace reel::store
