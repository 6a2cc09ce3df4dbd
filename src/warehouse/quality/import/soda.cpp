#include <array>
#include <map>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/quality/import/imported.hpp"
#include "warehouse/quality/import/node_reader.hpp"
#include "warehouse/quality/import/soda_line.hpp"
#include "warehouse/quality/import/soda_metrics.hpp"

namespace reel::warehouse {

namespace {

using dagfile::Node;

class SodaFile final {
  public:
    SodaFile(const Node& root, const ImportOptions& options, Mistakes& mistakes)
        : root_(root), options_(options), mistakes_(mistakes) {}

    std::vector<ImportedCheck> read() {
        if (!root_.is_map()) {
            mistakes_.add(place_of(root_.at), "a map with 'checks for TABLE:' was expected");
        }
        for (const auto& entry : root_.entries) {
            if (entry.key.starts_with("filter ")) {
                read_filter(entry);
            }
        }
        for (const auto& entry : root_.entries) {
            if (entry.key.starts_with("checks for ")) {
                read_dataset(entry);
            } else if (!entry.key.starts_with("filter ")) {
                mistakes_.add(place_of(entry.at), fmt::format("'{}' is not supported", entry.key));
            }
        }
        return std::move(checks_);
    }

  private:
    /// What one table's checks share.
    struct Scope {
        std::string table;
        std::string where;
    };

    /// `filter ratings [daily]: where: …`
    void read_filter(const dagfile::Entry& entry) {
        const auto dataset = soda::parse_dataset(std::string_view(entry.key).substr(7));
        NodeReader reader(entry.value, fmt::format("'{}'", entry.key), mistakes_);
        filters_[{dataset.name, dataset.partition}] = reader.required_text("where");
        reader.finish();
    }

    void read_dataset(const dagfile::Entry& entry) {
        const auto dataset = soda::parse_dataset(std::string_view(entry.key).substr(11));
        Scope scope{options_.table_of(dataset.name), {}};
        if (!dataset.partition.empty()) {
            const auto filter = filters_.find({dataset.name, dataset.partition});
            if (filter == filters_.end()) {
                mistakes_.add(
                    place_of(entry.at),
                    fmt::format("there is no 'filter {} [{}]'", dataset.name, dataset.partition)
                );
                return;
            }
            scope.where = filter->second;
        }
        if (!entry.value.is_list()) {
            mistakes_.add(place_of(entry.at), "a list of checks was expected");
        }
        for (const auto& item : entry.value.items) {
            read_check(item, scope);
        }
    }

    /// "row_count > 0", or a map of such a line and what belongs to it.
    void read_check(const Node& item, const Scope& scope) {
        const bool bare = item.is_text();
        if (!bare && (!item.is_map() || item.entries.size() != 1)) {
            mistakes_.add(place_of(item.at), "a check was expected, such as 'row_count > 0'");
            return;
        }
        const auto& line = bare ? item.text : item.entries.front().key;
        Node empty;
        empty.kind = dagfile::NodeKind::map;
        empty.at = item.at;
        const bool has_config = !bare && !item.entries.front().value.is_null();
        const Node& config = has_config ? item.entries.front().value : empty;
        NodeReader reader(config, fmt::format("check '{}'", line), mistakes_);
        reader.ignore({"attributes", "identity", "title", "samples columns"});
        if (line == "schema") {
            return read_schema(item, reader, scope);
        }
        Json check;
        if (line == "failed rows") {
            check = failed_rows(reader);
        } else if (line.starts_with("values in")) {
            check = reference(line, reader);
        } else {
            check = metric(line, reader);
        }
        add(item, line, check, reader, scope);
    }

    Json failed_rows(NodeReader& reader) {
        const auto condition = reader.text("fail condition");
        const auto query = reader.text("fail query");
        if (condition.has_value() == query.has_value()) {
            reader.mistake("needs either 'fail condition' or 'fail query'");
        }
        Json check =
            query ? Json{{"sql", {{"query", *query}}}}
                  : Json{
                        {"expression",
                         {{"expression", fmt::format("NOT ({}\n)", condition.value_or("false"))}}}
                    };
        add_alerts(reader, check, std::nullopt);
        return check;
    }

    Json reference(const std::string& line, NodeReader& reader) {
        const auto parsed = soda::parse_reference_line(line);
        if (!parsed) {
            reader.mistake("is not supported: " + parsed.error().message);
            return {};
        }
        const auto to =
            fmt::format("{}.{}", options_.table_of(parsed->table), parsed->table_column);
        Json check{{"relationships", {{"column", parsed->column}, {"to", to}}}};
        add_alerts(reader, check, std::nullopt);
        return check;
    }

    Json metric(const std::string& line, NodeReader& reader) {
        const auto parsed = soda::parse_metric_line(line);
        if (!parsed) {
            reader.mistake("is not supported: " + parsed.error().message);
            return {};
        }
        auto check = soda::translate_metric(*parsed, reader);
        if (!check) {
            return {};
        }
        const bool percent =
            parsed->metric.ends_with("_percent") || (parsed->change && parsed->change->percent);
        const bool alerted = add_alerts(reader, *check, parsed->passes, percent);
        if (!alerted) {
            reader.mistake("has no threshold, neither in its line nor under 'warn' or 'fail'");
        }
        return *std::move(check);
    }

    /// What is bad: the opposite of the line's threshold, or what `warn` and `fail` say.
    static bool add_alerts(
        NodeReader& reader,
        Json& check,
        const std::optional<core::Threshold>& passes,
        bool percent = false
    ) {
        const auto read = [&](std::string_view key) -> std::string {
            const auto text = reader.text(key);
            if (!text) {
                return "";
            }
            auto bad = soda::parse_alert(*text);
            if (!bad) {
                reader.mistake(fmt::format("has a wrong '{}': {}", key, bad.error().message));
                return "";
            }
            if (percent && bad->unit == core::ThresholdUnit::number) {
                bad->unit = core::ThresholdUnit::percent;
            }
            return bad->text();
        };
        auto fail = read("fail");
        const auto warn = read("warn");
        if (passes) {
            fail = passes->negated().text();
        }
        if (fail.empty() && warn.empty()) {
            return false;
        }
        if (fail.empty()) {
            check["severity"] = "warn";
        } else {
            check["error_if"] = fail;
        }
        check["warn_if"] = warn.empty() ? fail : warn;
        return true;
    }

    void add(
        const Node& item,
        const std::string& line,
        Json check,
        NodeReader& reader,
        const Scope& scope
    ) {
        check["name"] = reader.text("name").value_or(line);
        if (const auto* const limit = reader.find("samples limit")) {
            check["limit"] = json_of(*limit);
        }
        auto where = scope.where;
        if (const auto filter = reader.text("filter")) {
            where = where.empty() ? *filter : fmt::format("({}) AND ({})", where, *filter);
        }
        if (!where.empty()) {
            check["where"] = where;
        }
        reader.finish();
        checks_.push_back({scope.table, std::move(check), place_of(item.at)});
    }

    void read_schema(const Node& item, NodeReader& reader, const Scope& scope) {
        const auto name = reader.text("name").value_or("schema");
        bool any = false;
        for (const auto& [key, severity] : {std::pair{"fail", "error"}, {"warn", "warn"}}) {
            const auto* const when = reader.find(key);
            if (when == nullptr) {
                continue;
            }
            any = true;
            NodeReader conditions(*when, fmt::format("check 'schema' under '{}'", key), mistakes_);
            Json check = soda::translate_schema(conditions);
            check["severity"] = severity;
            check["name"] = name;
            checks_.push_back({scope.table, std::move(check), place_of(item.at)});
        }
        if (!any) {
            reader.mistake("needs 'fail' or 'warn'");
        }
        reader.finish();
    }

    const Node& root_;
    const ImportOptions& options_;
    Mistakes& mistakes_;
    std::map<std::pair<std::string, std::string>, std::string> filters_;
    std::vector<ImportedCheck> checks_;
};

}  // namespace

std::vector<ImportedCheck> import_soda(
    const Node& root, const ImportOptions& options, Mistakes& mistakes
) {
    return SodaFile(root, options, mistakes).read();
}

}  // namespace reel::warehouse
