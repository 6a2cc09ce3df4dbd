#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/stage/record_router.hpp"

namespace reel::warehouse {

/// Fields of binary COPY as text: "5|abc|NULL", integers of 4 bytes as numbers.
inline std::string readable(std::string_view fields) {
    std::string out;
    const auto number = [&](std::size_t bytes) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) {
            value = value << 8U | static_cast<unsigned char>(fields[i]);
        }
        return value;
    };
    for (bool first = true; !fields.empty(); first = false) {
        const auto size = static_cast<std::int32_t>(number(4));
        fields.remove_prefix(4);
        out += first ? "" : "|";
        if (size < 0) {
            out += "NULL";
            continue;
        }
        const auto bytes = static_cast<std::size_t>(size);
        out += bytes == 4 && fields[0] == '\0' ? std::to_string(number(4))
                                               : std::string(fields.substr(0, bytes));
        fields.remove_prefix(bytes);
    }
    return out;
}

/// A rejection that outlives its record.
struct Rejected {
    std::string table;
    std::string column;
    std::string rule;
    std::string reason;
    std::string value;
    int element = -1;
};

/// Keeps what the router decides.
class RecordingSink final : public RowSink {
  public:
    void add_row(std::size_t table, std::string_view fields) override {
        rows[table].push_back(readable(fields));
    }
    void reject(const Rejection& rejection) override {
        const auto& violation = rejection.violation;
        rejected.push_back(
            {rejection.table,
             violation.column,
             violation.rule,
             violation.reason,
             violation.value.value_or("NULL"),
             rejection.element ? static_cast<int>(*rejection.element) : -1}
        );
    }

    std::map<std::size_t, std::vector<std::string>> rows;
    std::vector<Rejected> rejected;
};

}  // namespace reel::warehouse
