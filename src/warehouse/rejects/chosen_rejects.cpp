#include "warehouse/rejects/chosen_rejects.hpp"

#include <fmt/format.h>

#include "warehouse/types/ascii.hpp"

namespace reel::warehouse {

namespace {

// $1 dag, $2 run, $3 task, $4 table, $5 file, $6 rule, each NULL for any.
constexpr std::string_view chosen = R"(
    FROM reel.quarantine AS q
    WHERE ($1::text IS NULL OR dag_id = $1) AND ($2::text IS NULL OR run_id = $2)
      AND ($3::text IS NULL OR task_id = $3) AND ($4::text IS NULL OR table_name = $4)
      AND ($5::text IS NULL OR file = $5) AND ($6::text IS NULL OR rule = $6)
      AND replayed_at IS {})";

}  // namespace

std::string chosen_rejects(const RejectFilter& filter) {
    return fmt::format(chosen, filter.replayed ? "NOT NULL" : "NULL");
}

postgres::Params params_of(const RejectFilter& filter) {
    const auto text = [](const std::string& value) {
        return value.empty() ? postgres::Param() : postgres::Param(value);
    };
    return {
        text(filter.dag_id),
        text(filter.run_id),
        text(filter.task_id),
        text(filter.table),
        text(filter.file),
        text(filter.rule)
    };
}

std::string bytes_of_hex(std::string_view hex) {
    std::string bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(hex_value(hex[i]) * 16 + hex_value(hex[i + 1]));
    }
    return bytes;
}

std::string hex_of_bytes(std::string_view bytes) {
    std::string hex;
    hex.reserve(2 * bytes.size());
    for (const char byte : bytes) {
        fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(byte));
    }
    return hex;
}

}  // namespace reel::warehouse
