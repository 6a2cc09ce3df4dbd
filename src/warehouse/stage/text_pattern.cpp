#include "warehouse/stage/text_pattern.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "warehouse/stage/pattern_tree.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t most_steps = 5'000;
constexpr std::size_t most_states = 400;

/// One step of a machine that is in many places at once.
struct Step {
    enum class Kind { take, fork, begin, end, found };
    Kind kind = Kind::found;
    PatternNode::Class one_of = {};
    std::size_t next = 0;
    std::size_t other = 0;  ///< of a fork
};

/// Steps are made from the back, so that each knows what follows it.
class Machine final {
  public:
    /// Where the part begins, when `next` is what follows.
    std::size_t add(const PatternNode& part, std::size_t next) {
        if (steps.size() > most_steps) return next;
        switch (part.kind) {
            case PatternNode::Kind::one_of:
                return put({.kind = Step::Kind::take, .one_of = part.one_of, .next = next});
            case PatternNode::Kind::begin:
                return put({.kind = Step::Kind::begin, .next = next});
            case PatternNode::Kind::end:
                return put({.kind = Step::Kind::end, .next = next});
            case PatternNode::Kind::sequence:
                for (auto at = part.parts.rbegin(); at != part.parts.rend(); ++at) {
                    next = add(*at, next);
                }
                return next;
            case PatternNode::Kind::choice:
                return add_choice(part, next);
            case PatternNode::Kind::repeat:
                return add_repeat(part, next);
        }
        return next;
    }
    std::size_t put(Step step) {
        steps.push_back(step);
        return steps.size() - 1;
    }

    std::vector<Step> steps = {{.kind = Step::Kind::found}};

  private:
    std::size_t add_choice(const PatternNode& part, std::size_t next) {
        std::size_t begin = add(part.parts.front(), next);
        for (std::size_t i = 1; i < part.parts.size(); ++i) {
            const std::size_t branch = add(part.parts[i], next);
            begin = put({.kind = Step::Kind::fork, .next = begin, .other = branch});
        }
        return begin;
    }

    std::size_t add_repeat(const PatternNode& part, std::size_t next) {
        const auto& inner = part.parts.front();
        if (part.most < 0) {
            const std::size_t again = put({.kind = Step::Kind::fork, .next = next, .other = next});
            steps[again].next = add(inner, again);
            next = again;
        }
        for (int i = part.most; i > part.least && steps.size() <= most_steps; --i) {
            const std::size_t once = add(inner, next);
            if (once == next) break;  // it is empty, and stays so however often
            next = put({.kind = Step::Kind::fork, .next = once, .other = next});
        }
        for (int i = 0; i < part.least && steps.size() <= most_steps; ++i) {
            const std::size_t once = add(inner, next);
            if (once == next) break;
            next = once;
        }
        return next;
    }
};

/// Places of the machine, in order.
using Places = std::vector<std::size_t>;

}  // namespace

/// Turns the machine's sets of places into states.
class PatternTable final {
  public:
    PatternTable(Machine machine, std::size_t begin)
        : machine_(std::move(machine)), begin_(begin) {}

    /// Nothing when there are too many.
    std::optional<std::vector<TextPattern::State>> make_states() {
        state_of({begin_}, true);
        std::vector<TextPattern::State> states;
        for (std::size_t s = 0; s < sets_.size(); ++s) {
            TextPattern::State state = sets_[s].second;
            std::map<Places, std::size_t> known;  // most characters lead to the same places
            for (std::size_t symbol = 0; symbol < TextPattern::symbols; ++symbol) {
                const Places after = places_after(sets_[s].first, symbol);
                const auto [at, is_new] = known.try_emplace(after);
                if (is_new) at->second = state_of(after, false);
                state.next.at(symbol) = static_cast<std::uint16_t>(at->second);
            }
            if (sets_.size() > most_states) return std::nullopt;
            states.push_back(state);
        }
        return states;
    }

  private:
    [[nodiscard]] Places places_after(const Places& before, std::size_t symbol) const {
        Places after = {begin_};  // a match may begin anywhere
        for (const std::size_t place : before) {
            const Step& step = machine_.steps[place];
            if (step.kind == Step::Kind::take && step.one_of[symbol]) after.push_back(step.next);
        }
        return after;
    }

    /// All places that are reached without a character.
    [[nodiscard]] Places reach(Places from, bool at_begin, bool at_end) const {
        std::vector<bool> seen(machine_.steps.size());
        Places reached;
        while (!from.empty()) {
            const std::size_t place = from.back();
            from.pop_back();
            if (seen[place]) continue;
            seen[place] = true;
            reached.push_back(place);
            const Step& step = machine_.steps[place];
            const bool passes = step.kind == Step::Kind::fork ||
                                (step.kind == Step::Kind::begin && at_begin) ||
                                (step.kind == Step::Kind::end && at_end);
            if (passes) from.push_back(step.next);
            if (step.kind == Step::Kind::fork) from.push_back(step.other);
        }
        std::ranges::sort(reached);
        return reached;
    }

    std::size_t state_of(const Places& from, bool at_begin) {
        const Places places = reach(from, at_begin, false);
        const auto [known, is_new] = numbers_.try_emplace({places, at_begin}, sets_.size());
        if (is_new) {
            // The machine's first step is that all was found.
            TextPattern::State state;
            state.found = places.front() == 0;
            state.found_at_end = reach(from, at_begin, true).front() == 0;
            sets_.emplace_back(places, state);
        }
        return known->second;
    }

    Machine machine_;
    std::size_t begin_;
    std::map<std::pair<Places, bool>, std::size_t> numbers_;
    std::vector<std::pair<Places, TextPattern::State>> sets_;
};

std::expected<TextPattern, std::string> TextPattern::make(std::string_view pattern) {
    const auto tree = parse_pattern(pattern);
    if (!tree) return std::unexpected(tree.error());
    Machine machine;
    const std::size_t begin = machine.add(tree->root, 0);
    const bool is_small = machine.steps.size() <= most_steps;
    auto states = is_small ? PatternTable(std::move(machine), begin).make_states() : std::nullopt;
    if (!states) {
        return std::unexpected("the pattern is too intricate to be looked at row by row");
    }
    TextPattern made;
    made.knows_ascii_only_ = tree->has_classes;
    made.states_ = *std::move(states);
    return made;
}

std::optional<bool> TextPattern::is_found_in(std::string_view text) const {
    const State* state = states_.data();
    for (const char c : text) {
        if (state->found) return true;
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= other) {
            if (knows_ascii_only_) return std::nullopt;
            // A character is its first byte.
            if ((byte & 0xC0U) == 0x80U) continue;
        }
        state = &states_[state->next[std::min<std::size_t>(byte, other)]];
    }
    return state->found || state->found_at_end;
}

}  // namespace reel::warehouse
