#include "mapped_args.hpp"

#include <fmt/format.h>

#include <ranges>
#include <utility>
#include <vector>

namespace reel::executor {

namespace {

struct Elements {
    const core::MapSource* source;
    Json values;  ///< a list
};

Json as_list(Json value) {
    if (!value.is_object()) {
        return value;
    }
    Json pairs = Json::array();
    for (const auto& [key, member] : value.items()) {
        pairs.push_back(Json::array({key, member}));
    }
    return pairs;
}

core::Result<Elements> elements_of(
    const core::MapSource& source, const core::Dag& dag, const FindOutput& find_output
) {
    if (!source.upstream) {
        auto literal = parse_json(source.literal.text, "the elements of " + source.argument);
        if (!literal) {
            return std::unexpected(literal.error());
        }
        return Elements{.source = &source, .values = as_list(*std::move(literal))};
    }
    auto pushed = find_output(dag.tasks.at(*source.upstream).task_id.str(), source.xcom_key);
    if (!pushed) {
        return std::unexpected(pushed.error());
    }
    return Elements{.source = &source, .values = as_list(*std::move(pushed))};
}

core::Error no_such_element(const scheduler::AttemptOrder& order) {
    return {
        .code = core::Errc::invalid_argument,
        .message =
            fmt::format("there is no element for map index {} any more", order.key.map_index),
        .where = order.key.task_id.str(),
        .hint = "the list that it is mapped over has changed; clear its upstreams, too"
    };
}

void add(std::map<std::string, MappedArg>& args, const Elements& chosen, Json element) {
    const bool from_file = !chosen.source->upstream.has_value();
    if (!chosen.source->argument.empty()) {
        args[chosen.source->argument] = {.value = std::move(element), .is_from_file = from_file};
        return;
    }
    for (auto& [name, value] : element.items()) {
        args[name] = {.value = value, .is_from_file = from_file};
    }
}

}  // namespace

core::Result<std::map<std::string, MappedArg>> mapped_args(
    const scheduler::AttemptOrder& order, const FindOutput& find_output
) {
    std::map<std::string, MappedArg> args;
    const core::Mapping* mapping = order.dag->mapping_of(order.task());
    if (mapping == nullptr || order.key.map_index < 0) {
        return args;
    }
    std::vector<Elements> all;
    for (const core::MapSource& source : mapping->sources) {
        auto elements = elements_of(source, *order.dag, find_output);
        if (!elements) {
            return std::unexpected(elements.error());
        }
        all.push_back(*std::move(elements));
    }
    auto rest = static_cast<std::size_t>(order.key.map_index);
    for (Elements& each : std::views::reverse(all)) {
        if (!each.values.is_array() || each.values.empty()) {
            return std::unexpected(no_such_element(order));
        }
        const std::size_t at = rest % each.values.size();
        rest /= each.values.size();
        add(args, each, each.values[at]);
    }
    if (rest != 0) {
        return std::unexpected(no_such_element(order));
    }
    return args;
}

}  // namespace reel::executor
