#include "line_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace reel::api {

namespace {

constexpr std::size_t context = 3;
/// Beyond that many pairs of lines everything between the equal ends counts as replaced.
constexpr std::size_t most_pairs = 16'000'000;

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

struct Step {
    char sign;  ///< ' ', '-' or '+'
    std::string_view line;
};

/// The shortest way from one list to the other, by the table of longest common subsequences.
class Comparison final {
  public:
    Comparison(Lines from, Lines to) : from_(std::move(from)), to_(std::move(to)) {}

    std::vector<Step> steps() {
        const auto [left, right] = std::ranges::mismatch(from_, to_);
        const auto head = static_cast<std::size_t>(left - from_.begin());
        std::size_t tail = 0;
        while (tail < std::min(from_.size(), to_.size()) - head &&
               from_[from_.size() - 1 - tail] == to_[to_.size() - 1 - tail]) {
            ++tail;
        }
        std::vector<Step> steps;
        steps.reserve(std::max(from_.size(), to_.size()));
        for (std::size_t i = 0; i < head; ++i) steps.push_back({' ', from_[i]});
        compare(head, from_.size() - tail, to_.size() - tail, steps);
        for (std::size_t i = from_.size() - tail; i < from_.size(); ++i) {
            steps.push_back({' ', from_[i]});
        }
        return steps;
    }

  private:
    void compare(
        std::size_t head, std::size_t from_end, std::size_t to_end, std::vector<Step>& steps
    ) const {
        const std::size_t rows = from_end - head;
        const std::size_t columns = to_end - head;
        std::vector<std::uint32_t> common;
        const bool is_too_much = rows != 0 && columns > most_pairs / rows;
        if (!is_too_much) common = common_lengths(head, rows, columns);
        const auto at = [&](std::size_t row, std::size_t column) {
            return is_too_much ? 0 : common[row * (columns + 1) + column];
        };
        std::size_t row = 0;
        std::size_t column = 0;
        while (row < rows || column < columns) {
            const bool both = row < rows && column < columns;
            if (both && !is_too_much && from_[head + row] == to_[head + column]) {
                steps.push_back({' ', from_[head + row]});
                ++row;
                ++column;
            } else if (column == columns || (both && at(row + 1, column) >= at(row, column + 1))) {
                steps.push_back({'-', from_[head + row++]});
            } else {
                steps.push_back({'+', to_[head + column++]});
            }
        }
    }

    /// Of what is behind each pair of places.
    [[nodiscard]] std::vector<std::uint32_t> common_lengths(
        std::size_t head, std::size_t rows, std::size_t columns
    ) const {
        std::vector<std::uint32_t> lengths((rows + 1) * (columns + 1), 0);
        for (std::size_t row = rows; row-- > 0;) {
            for (std::size_t column = columns; column-- > 0;) {
                const std::size_t here = row * (columns + 1) + column;
                const std::size_t below = here + columns + 1;
                lengths[here] = from_[head + row] == to_[head + column]
                                    ? lengths[below + 1] + 1
                                    : std::max(lengths[below], lengths[here + 1]);
            }
        }
        return lengths;
    }

    Lines from_;
    Lines to_;
};

/// Of each step whether it stands close enough to a change to be shown.
std::vector<bool> shown(const std::vector<Step>& steps) {
    std::vector<bool> result(steps.size(), false);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].sign == ' ') continue;
        const std::size_t first = i < context ? 0 : i - context;
        const std::size_t last = std::min(i + context + 1, steps.size());
        for (std::size_t near = first; near < last; ++near) result[near] = true;
    }
    return result;
}

std::string range(std::size_t before, std::size_t count) {
    // As diff does it: an empty range is named by the line before it.
    return fmt::format("{},{}", count == 0 ? before : before + 1, count);
}

}  // namespace

std::string unified_diff(std::string_view from, std::string_view to, const DiffNames& names) {
    const auto steps = Comparison(lines_of(from), lines_of(to)).steps();
    const auto is_shown = shown(steps);
    std::string text;
    std::size_t old_line = 0;
    std::size_t new_line = 0;
    for (std::size_t i = 0; i < steps.size();) {
        if (!is_shown[i]) {
            ++old_line;
            ++new_line;
            ++i;
            continue;
        }
        std::string body;
        std::size_t removed = 0;
        std::size_t added = 0;
        for (; i < steps.size() && is_shown[i]; ++i) {
            body += fmt::format("{}{}\n", steps[i].sign, steps[i].line);
            removed += steps[i].sign == '+' ? 0 : 1;
            added += steps[i].sign == '-' ? 0 : 1;
        }
        if (text.empty()) text = fmt::format("--- {}\n+++ {}\n", names.from, names.to);
        text += fmt::format(
            "@@ -{} +{} @@\n{}", range(old_line, removed), range(new_line, added), body
        );
        old_line += removed;
        new_line += added;
    }
    return text;
}

}  // namespace reel::api
