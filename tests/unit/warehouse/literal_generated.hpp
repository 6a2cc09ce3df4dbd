#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "warehouse/literal/value.hpp"

namespace reel::warehouse::literal {

/// Makes values of every kind, nested up to a depth, the same ones for the same seed.
class ValueMaker {
  public:
    explicit ValueMaker(std::uint32_t seed) : random_(seed) {}

    std::size_t pick(std::size_t count) { return random_() % count; }

    Value make(int depth) {
        switch (pick(depth > 0 ? 9 : 6)) {
            case 0:
                return Value();
            case 1:
                return Value{pick(2) == 0};
            case 2:
                return Value{integer()};
            case 3:
                return Value{number()};
            case 4:
            case 5:
                return Value{text()};
            case 6:
                return Value{map(depth - 1)};
            default:
                return Value{list(depth - 1)};
        }
    }

    std::string text() {
        static const std::string pieces[] = {"a",      "Z",    "'",    "\"",     "\\",
                                             "\n",     "\r",   "\t",   " ",      "#",
                                             "é",      "値",   "😀",   "\u2028", "\U0010FFFF",
                                             "\u00a0", "\x01", "\x7f", "{",      "]"};
        std::string made;
        for (std::size_t size = pick(7); size > 0; --size) made += pieces[pick(20)];
        return made;
    }

    std::int64_t integer() {
        static constexpr std::int64_t edges[] = {0, 1, -1, 9, 10, INT64_MAX, INT64_MIN, 4294967296};
        return pick(2) == 0 ? edges[pick(8)] : static_cast<std::int64_t>(random_()) - 2147483648;
    }

    /// A number that has few enough digits to be a double in a text as well.
    double number() {
        static constexpr double edges[] = {
            0.5, -0.25, 8.2e-05, 1e22, 1.5e300, -2.5e-300, 1e16, 3.0
        };
        return pick(2) == 0 ? edges[pick(8)] : static_cast<double>(pick(1000000)) / 1024;
    }

  private:
    List list(int depth) {
        List items;
        for (std::size_t size = pick(4); size > 0; --size) items.push_back(make(depth));
        return items;
    }

    Map map(int depth) {
        Map entries;
        const std::size_t size = pick(4);
        for (std::size_t i = 0; i < size; ++i) {
            entries.push_back({Value{std::to_string(i) + text()}, make(depth)});
        }
        return entries;
    }

    std::mt19937 random_;
};

}  // namespace reel::warehouse::literal
