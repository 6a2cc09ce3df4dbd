#include "warehouse/load/last_reader.hpp"

#include <algorithm>

#include "warehouse/args.hpp"

namespace reel::warehouse {

namespace {

std::string source_of(const core::JsonText& args) {
    const auto json = Json::parse(args.text);
    const auto from = json.find("from");
    return from != json.end() && from->is_string() ? from->get<std::string>() : "";
}

}  // namespace

void mark_last_reader(
    const LoadPlan& plan, std::size_t upsert, std::map<std::string, StagedTable>& staged
) {
    const auto from = source_of(plan.upserts[upsert]);
    const auto table = staged.find(from);
    if (table == staged.end()) return;
    const auto later = plan.upserts.begin() + static_cast<std::ptrdiff_t>(upsert) + 1;
    // A query may read any of them.
    table->second.has_one_reader = std::none_of(later, plan.upserts.end(), [&](const auto& args) {
        const auto source = source_of(args);
        return source.empty() || source == from;
    });
}

}  // namespace reel::warehouse
