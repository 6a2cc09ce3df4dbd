#include "warehouse/contract.hpp"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "warehouse/args.hpp"
#include "warehouse/identifiers.hpp"

namespace reel::warehouse {

namespace {

constexpr std::array contract_words = {
    ContractWord::evolve,
    ContractWord::freeze,
    ContractWord::discard_row,
    ContractWord::discard_value
};

std::optional<ContractWord> contract_word(ArgReader& reader, std::string_view key) {
    const auto text = reader.text(key);
    if (!text) return std::nullopt;
    std::vector<std::string> names;
    for (const auto word : contract_words) {
        if (*text == to_string(word)) return word;
        names.emplace_back(to_string(word));
    }
    reader.mistake(
        key,
        fmt::format("'{}' is none of {}{}", *text, comma_list(names), did_you_mean(*text, names))
    );
    return std::nullopt;
}

bool discards(const std::optional<ContractWord>& word) {
    return word == ContractWord::discard_row || word == ContractWord::discard_value;
}

}  // namespace

std::string_view to_string(ContractWord word) {
    switch (word) {
        case ContractWord::evolve:
            return "evolve";
        case ContractWord::freeze:
            return "freeze";
        case ContractWord::discard_row:
            return "discard_row";
        case ContractWord::discard_value:
            return "discard_value";
    }
    return "evolve";
}

Contract parse_contract(ArgReader& reader, Mistakes& mistakes) {
    const Json* value = reader.find("contract");
    if (value == nullptr) return {};
    if (!value->is_object()) {
        const auto word = contract_word(reader, "contract");
        // There is nothing to discard in a table that is not there.
        return {discards(word) ? std::nullopt : word, word, word};
    }
    ArgReader inner(*value, reader.path_of("contract"), mistakes);
    Contract contract{
        contract_word(inner, "tables"),
        contract_word(inner, "columns"),
        contract_word(inner, "data_type")
    };
    if (discards(contract.tables)) {
        inner.mistake("tables", "evolve makes a table that is missing, freeze fails");
    }
    inner.finish();
    return contract;
}

}  // namespace reel::warehouse
