#include "warehouse/quality/check.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/quality/import/imported.hpp"
#include "warehouse/quality/kinds.hpp"
#include "warehouse/quality/options.hpp"

namespace reel::warehouse {

namespace {

const CheckKind* find_kind(std::string_view name) {
    const auto kinds = check_kinds();
    const auto found = std::ranges::find(kinds, name, &CheckKind::name);
    return found == kinds.end() ? nullptr : &*found;
}

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (const auto& kind : check_kinds()) {
        names.emplace_back(kind.name);
    }
    return names;
}

class CheckParser {
  public:
    CheckParser(const OperationContext& context, Mistakes& mistakes)
        : context_(context), mistakes_(mistakes) {}

    void add_table(const std::string& table, const Json& list) {
        const auto path = "checks." + table;
        add_list(table, resolve(path, table), list, path);
    }

    void add_list(
        const std::string& table,
        const std::string& relation,
        const Json& list,
        const std::string& path
    ) {
        if (!list.is_array() || list.empty()) {
            return mistakes_.add(path, "a list of checks was expected");
        }
        for (std::size_t i = 0; i < list.size(); ++i) {
            add_check(begin(table, relation), list[i], fmt::format("{}[{}]", path, i));
        }
    }

    void add_imported(const ImportedCheck& imported) {
        const auto relation = resolve(imported.place, imported.table);
        add_check(begin(imported.table, relation), imported.check, imported.place);
    }

    /// What keeps something under its name must have one of its own.
    [[nodiscard]] std::vector<Check> take() {
        std::set<std::pair<std::string, std::string>> taken;
        for (const auto& check : checks_) {
            const bool is_new = taken.emplace(check.table, check.name).second;
            if (!is_new && (check.change || check.store_failures)) {
                mistakes_.add(
                    check.place,
                    fmt::format("there is another check '{}'; give this one a name", check.name)
                );
            }
        }
        return std::move(checks_);
    }

  private:
    static Check begin(const std::string& table, const std::string& relation) {
        Check begun;
        begun.table = table;
        begun.relation = relation;
        return begun;
    }

    /// `{unique: movie_id, severity: warn}`: one kind, and options beside or inside it.
    void add_check(Check check, const Json& item, const std::string& path) {
        if (!item.is_object()) {
            return mistakes_.add(path, "a check was expected, such as {unique: id}");
        }
        const CheckKind* kind = nullptr;
        Json body;
        for (const auto& [key, value] : item.items()) {
            if (std::ranges::find(check_options, key) != check_options.end()) {
                continue;
            }
            const auto* found = find_kind(key);
            if (found == nullptr) {
                const auto guess = did_you_mean(key, kind_names());
                return mistakes_.add(path, fmt::format("there is no check '{}'{}", key, guess));
            }
            if (kind != nullptr) {
                return mistakes_.add(path, "two checks in one entry; begin a new one with '-'");
            }
            kind = found;
            body = value;
        }
        if (kind == nullptr) {
            return mistakes_.add(path, "names no check");
        }
        const auto kind_path = fmt::format("{}.{}", path, kind->name);
        if (!body.is_object()) {
            if (kind->bare.empty()) {
                return mistakes_.add(kind_path, "a map was expected");
            }
            body = Json{{std::string(kind->bare), body}};
        }
        for (const auto option : check_options) {
            if (item.contains(option)) {
                body[std::string(option)] = item.at(std::string(option));
            }
        }
        check.place = path;
        build(*kind, std::move(check), body, kind_path);
    }

    void build(const CheckKind& kind, Check check, const Json& body, const std::string& path) {
        ArgReader args(body, path, mistakes_);
        const auto name = args.text("name");
        const auto where = args.text("where").value_or("");
        read_options(args, check);
        check.kind = kind.name;
        const auto resolve_parent = [&](std::string_view key, const std::string& table) {
            return resolve(args.path_of(key), table);
        };
        CheckBuild build{args, where, resolve_parent, check};
        kind.build(build);
        if (!where.empty()) {
            check.rule.reset();
            check.rule_obstacle = "its where is SQL";
        }
        settle_thresholds(args, check);
        args.finish();
        check.name = name.value_or(check.name);
        checks_.push_back(std::move(check));
    }

    std::string resolve(const std::string& path, const std::string& table) {
        if (const auto staged = context_.staged.find(table); staged != context_.staged.end()) {
            return staged->second.physical;
        }
        for (const auto& [name, staged] : context_.staged) {
            if (staged.physical == table) {
                return staged.physical;
            }
        }
        const auto name = parse_table_name(table);
        if (!name) {
            mistakes_.add(path, fmt::format("{} ({})", name.error().message, name.error().hint));
            return "";
        }
        return name->quoted();
    }

    const OperationContext& context_;
    Mistakes& mistakes_;
    std::vector<Check> checks_;
};

void read_checks(
    ArgReader& reader, const OperationContext& context, Mistakes& mistakes, CheckParser& parser
) {
    const Json* tables = reader.find("checks");
    const Json* dbt = reader.find("dbt");
    const Json* soda = reader.find("soda");
    if (tables == nullptr && dbt == nullptr && soda == nullptr) {
        return reader.mistake("checks", "is required, or dbt or soda");
    }
    if (tables != nullptr && reader.required_object("checks") != nullptr) {
        for (const auto& [table, list] : tables->items()) {
            parser.add_table(table, list);
        }
    }
    for (const auto& [format, argument] : {std::pair{"dbt", dbt}, {"soda", soda}}) {
        if (argument != nullptr) {
            for (const auto& check : import_checks(format, *argument, context, mistakes)) {
                parser.add_imported(check);
            }
        }
    }
}

}  // namespace

bool Check::uses_percent() const {
    const auto is_percent = [](const std::optional<core::Threshold>& threshold) {
        return threshold && threshold->unit == core::ThresholdUnit::percent;
    };
    return is_percent(error_if) || is_percent(warn_if);
}

core::Result<std::vector<Check>> parse_checks(
    const core::JsonText& args, const OperationContext& context
) {
    const auto object = parse_args(args, "quality");
    if (!object) {
        return std::unexpected(object.error());
    }
    Mistakes mistakes;
    ArgReader reader(*object, "", mistakes);
    CheckParser parser(context, mistakes);
    read_checks(reader, context, mistakes, parser);
    static_cast<void>(reader.find("conn_id"));
    reader.finish();
    auto checks = parser.take();
    if (!mistakes.empty()) {
        return std::unexpected(mistakes.to_error("quality"));
    }
    return checks;
}

std::vector<Check> parse_check_list(
    const Json& list,
    const std::string& table,
    const std::string& relation,
    const OperationContext& context,
    Mistakes& mistakes,
    const std::string& path
) {
    CheckParser parser(context, mistakes);
    parser.add_list(table, relation, list, path);
    return parser.take();
}

}  // namespace reel::warehouse
