#include "reel/core/did_you_mean.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "reel/core/ascii.hpp"

namespace reel::core {
namespace {

// Optimal string alignment: a swap of neighbours counts once, for that is how fingers slip.
std::size_t edit_distance(const std::string& left, const std::string& right) {
    const std::size_t width = right.size() + 1;
    std::vector<std::size_t> before(width);
    std::vector<std::size_t> previous(width);
    std::vector<std::size_t> current(width);
    std::iota(previous.begin(), previous.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j < width; ++j) {
            const std::size_t change = left[i - 1] == right[j - 1] ? 0 : 1;
            current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + change});
            const bool swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (swapped) {
                current[j] = std::min(current[j], before[j - 2] + 1);
            }
        }
        std::swap(before, previous);
        std::swap(previous, current);
    }
    return previous.back();
}

}  // namespace

std::optional<std::string> nearest_word(
    std::string_view word, std::span<const std::string> candidates
) {
    constexpr std::size_t longest_compared = 200;
    if (word.empty() || word.size() > longest_compared) {
        return std::nullopt;
    }
    const std::string wanted = lowered(word);
    std::optional<std::string> best;
    std::size_t best_distance = std::max<std::size_t>(1, wanted.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        if (candidate.size() > longest_compared) {
            continue;
        }
        const std::size_t distance = edit_distance(wanted, lowered(candidate));
        if (distance < best_distance && distance < candidate.size()) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
    const std::optional<std::string> best = nearest_word(word, candidates);
    return best ? "did you mean '" + *best + "'?" : "";
}

}  // namespace reel::core
