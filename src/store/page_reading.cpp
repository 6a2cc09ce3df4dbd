#include "page_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "value_columns.hpp"

namespace reel::store {

postgres::Rows read_page_rows(postgres::Database& database, const ListSql& list, const Page& page) {
    const std::size_t limit = list.params.size() + 1;
    const std::string sql = fmt::format(
        "select {} {} order by {} limit ${}::bigint offset ${}::bigint",
        list.columns,
        list.from,
        list.order,
        limit,
        limit + 1
    );
    postgres::Params params = list.params;
    std::ranges::move(page_values(page), std::back_inserter(params));
    return database.read(sql, params);
}

std::size_t total_of(
    postgres::Database& database, const ListSql& list, const Page& page, std::size_t rows
) {
    const bool is_last = rows < page.limit && (rows > 0 || page.offset == 0);
    if (is_last) return page.offset + rows;
    const auto count = database.read(fmt::format("select count(*) {}", list.from), list.params);
    return static_cast<std::size_t>(RowReader(count, 0).number());
}

}  // namespace reel::store
