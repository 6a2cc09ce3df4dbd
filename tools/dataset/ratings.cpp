#include "ratings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "random.hpp"

namespace reel::dataset {

namespace {

constexpr std::int64_t first_rating_at = 820'454'400;  // 1996-01-01
constexpr std::int64_t last_user_joins_at = 1'480'000'000;

/// Formats a line without a detour: a full set has 26 million of them.
class Line final {
  public:
    Line& number(std::int64_t value) {
        end_ = std::to_chars(end_, bytes_.data() + bytes_.size(), value).ptr;
        return *this;
    }
    Line& text(std::string_view text) {
        end_ = std::ranges::copy(text, end_).out;
        return *this;
    }
    [[nodiscard]] std::string_view view() const {
        return {bytes_.data(), static_cast<std::size_t>(end_ - bytes_.data())};
    }

  private:
    std::array<char, 96> bytes_;
    char* end_ = bytes_.data();
};

constexpr std::array<std::string_view, 11> stars{
    "0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5", "5.0"
};

std::string_view make_rating(Random& random, double quality) {
    // The mean of four dice is nearly a bell.
    const std::uint64_t dice = random.next();
    double bell = 0;
    for (int i = 0; i < 4; ++i) bell += static_cast<double>(dice >> (16 * i) & 0xFFFF);
    const double value = quality + (bell / 65'536 - 2) * 1.6;
    const auto halves = static_cast<std::int64_t>(std::lround(value * 2));
    return stars[static_cast<std::size_t>(std::clamp<std::int64_t>(halves, 1, 10))];
}

/// How many the next user rates, so that in the end all ratings are given away.
std::int64_t next_share(
    Random& random, std::int64_t ratings, std::int64_t users, std::int64_t most
) {
    const std::int64_t mean = ratings / users;
    const std::int64_t wished =
        users == 1 ? ratings : random.between(mean / 4, mean + mean * 3 / 4);
    const std::int64_t least = std::max<std::int64_t>(1, ratings - (users - 1) * most);
    return std::clamp(wished, least, std::min(most, ratings - (users - 1)));
}

}  // namespace

void write_ratings(
    CsvFile& file,
    const std::vector<MovieLensEntry>& entries,
    const Plan& plan,
    std::uint64_t seed,
    Expectation& expected
) {
    Random random(seed ^ 0x2A7165ULL);
    file.append(fmt::format("userId,movieId,rating,timestamp{}", file.line_end()));
    const auto most = std::min(plan.movies, static_cast<std::int64_t>(entries.size()));
    std::int64_t left = plan.ratings;
    for (std::int64_t user = 1; user <= plan.users && left > 0; ++user) {
        const std::int64_t share = next_share(random, left, plan.users - user + 1, most);
        std::int64_t at = random.between(first_rating_at, last_user_joins_at);
        std::int64_t previous = -1;
        for (std::int64_t i = 0; i < share; ++i) {
            // One movie of each of `share` strata, which are narrow at the front.
            const double part =
                (static_cast<double>(i) + random.fraction()) / static_cast<double>(share);
            const auto wished =
                static_cast<std::int64_t>(part * part * static_cast<double>(entries.size()));
            const auto room = static_cast<std::int64_t>(entries.size()) - (share - i);
            previous = std::min(std::max(wished, previous + 1), room);
            const MovieLensEntry& entry = entries[static_cast<std::size_t>(previous)];
            at += random.between(2, 240);
            Line line;
            line.number(user).text(",").number(entry.movielens_id).text(",");
            line.text(make_rating(random, entry.quality))
                .text(",")
                .number(at)
                .text(file.line_end());
            file.append(line.view());
            if (!entry.is_movie) ++expected.ratings_without_movie;
        }
        left -= share;
    }
    expected.ratings = plan.ratings - left;
}

void write_cpi(CsvFile& file, std::uint64_t seed, Expectation& expected) {
    Random random(seed ^ 0xC91ULL);
    file.cell("observation_date").cell("CUSR0000SS62031").end_record();
    std::int64_t thousandths = 102'400;
    for (int month = 0; month < 256; ++month) {
        file.cell(fmt::format("{}-{:02}-01", 1999 + month / 12, month % 12 + 1));
        file.cell(fmt::format("{}.{:03}", thousandths / 1'000, thousandths % 1'000)).end_record();
        thousandths += random.between(-300, 1'000);
    }
    expected.cpi = 256;
}

}  // namespace reel::dataset
