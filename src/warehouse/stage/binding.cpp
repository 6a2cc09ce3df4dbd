#include "warehouse/stage/binding.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/stage/new_columns.hpp"

namespace reel::warehouse {

namespace {

class Binder {
  public:
    /// Without a header every name is a key.
    explicit Binder(const std::vector<std::string>* header) : header_(header) {}

    BoundTable bind(const StageTableSpec& spec) {
        BoundTable table{&spec, std::nullopt, {}};
        if (table.has_each() && header_ != nullptr) {
            table.each_cell = find(spec.each, fmt::format("tables.{}.each", spec.name));
        }
        for (const auto& column : spec.columns) {
            table.columns.push_back(bind(spec, column));
        }
        return table;
    }

    [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }

  private:
    BoundColumn bind(const StageTableSpec& table, const ColumnSpec& column) {
        BoundColumn bound;
        bound.spec = &column;
        bound.in_key = std::ranges::find(table.key, column.name) != table.key.end();
        std::vector<std::string> of_record;
        for (const auto& name : column.from) {
            if (name.starts_with('/')) {
                of_record.push_back(name.substr(1));
            } else if (table.each.empty()) {
                of_record.push_back(name);
            } else {
                bound.keys.push_back(name);
            }
        }
        bound.of_record = !of_record.empty();
        if (bound.of_record && header_ == nullptr) {
            bound.keys = std::move(of_record);
        } else if (bound.of_record) {
            bound.cell = find(of_record, fmt::format("tables.{}.{}", table.name, column.name));
        }
        return bound;
    }

    std::optional<std::size_t> find(
        const std::vector<std::string>& alternatives, const std::string& path
    ) {
        for (const auto& name : alternatives) {
            const auto found = std::ranges::find(*header_, name);
            if (found != header_->end()) {
                return static_cast<std::size_t>(found - header_->begin());
            }
        }
        std::string names;
        for (const auto& name : alternatives) {
            names += fmt::format("{}'{}'", names.empty() ? "" : " or ", name);
        }
        missing_.push_back(
            fmt::format("{}: no column {}{}", path, names, did_you_mean(alternatives[0], *header_))
        );
        return std::nullopt;
    }

    const std::vector<std::string>* header_;
    std::vector<std::string> missing_;
};

/// Names of one header that the other lacks.
std::vector<std::string> lacking(
    const std::vector<std::string>& names, const std::vector<std::string>& others
) {
    std::vector<std::string> lacking;
    std::ranges::copy_if(names, std::back_inserter(lacking), [&](const std::string& name) {
        return std::ranges::find(others, name) == others.end();
    });
    return lacking;
}

}  // namespace

core::Result<std::vector<BoundTable>> bind_columns(
    const StageSpec& spec, const std::vector<std::string>& header
) {
    Binder binder(spec.format == Format::csv ? &header : nullptr);
    std::vector<BoundTable> tables;
    tables.reserve(spec.tables.size());
    for (const auto& table : spec.tables) {
        tables.push_back(binder.bind(table));
    }
    if (!binder.missing().empty()) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format(
                "the file's header does not fit, nothing was loaded\n  {}",
                fmt::join(binder.missing(), "\n  ")
            ),
            fmt::format("the header has: {}", comma_list(header))
        );
    }
    if (auto watched = watch_new_columns(spec, header, tables); !watched) {
        return std::unexpected(watched.error());
    }
    return tables;
}

core::Result<void> check_same_header(
    const std::vector<std::string>& first, const std::vector<std::string>& further
) {
    if (first == further) {
        return {};
    }
    std::string difference;
    const auto tell = [&](const char* what, const std::vector<std::string>& names) {
        if (!names.empty()) {
            difference +=
                fmt::format("{}{} {}", difference.empty() ? "" : ", ", what, comma_list(names));
        }
    };
    tell("it lacks", lacking(first, further));
    tell("it has also", lacking(further, first));
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format(
            "the header is not that of the first file: {}",
            difference.empty() ? "its columns have another order" : difference
        ),
        fmt::format("the first file's header has: {}", comma_list(first))
    );
}

}  // namespace reel::warehouse
