#include "warehouse/quality/check.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "warehouse/args.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/quality/kinds.hpp"

namespace reel::warehouse {

namespace {

constexpr std::array<std::string_view, 3> options{"severity", "where", "name"};

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
        const auto relation = resolve(path, table);
        if (!list.is_array() || list.empty()) {
            return mistakes_.add(path, "a list of checks was expected");
        }
        Check begun;
        begun.table = table;
        begun.relation = relation;
        for (std::size_t i = 0; i < list.size(); ++i) {
            add_check(begun, list[i], fmt::format("{}[{}]", path, i));
        }
    }

    [[nodiscard]] std::vector<Check> take() { return std::move(checks_); }

  private:
    /// `{unique: movie_id, severity: warn}`: one kind, and options beside or inside it.
    void add_check(Check check, const Json& item, const std::string& path) {
        if (!item.is_object()) {
            return mistakes_.add(path, "a check was expected, such as {unique: id}");
        }
        const CheckKind* kind = nullptr;
        Json body;
        for (const auto& [key, value] : item.items()) {
            if (std::ranges::find(options, key) != options.end()) {
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
        for (const auto option : options) {
            if (item.contains(option)) {
                body[std::string(option)] = item.at(std::string(option));
            }
        }
        build(*kind, std::move(check), body, kind_path);
    }

    void build(const CheckKind& kind, Check check, const Json& body, const std::string& path) {
        ArgReader args(body, path, mistakes_);
        const auto severity = args.text("severity").value_or("error");
        const auto name = args.text("name");
        const auto where = args.text("where").value_or("");
        if (severity != "error" && severity != "warn") {
            args.mistake("severity", fmt::format("'{}' is neither error nor warn", severity));
        }
        check.severity = severity == "warn" ? Severity::warn : Severity::error;
        const auto resolve_parent = [&](std::string_view key, const std::string& table) {
            return resolve(args.path_of(key), table);
        };
        CheckBuild build{args, where, resolve_parent, check};
        kind.build(build);
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

}  // namespace

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
    if (const Json* tables = reader.required_object("checks")) {
        for (const auto& [table, list] : tables->items()) {
            parser.add_table(table, list);
        }
    }
    static_cast<void>(reader.find("conn_id"));
    reader.finish();
    if (!mistakes.empty()) {
        return std::unexpected(mistakes.to_error("quality"));
    }
    return parser.take();
}

}  // namespace reel::warehouse
