#include "warehouse/source/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "warehouse/identifiers.hpp"
#include "warehouse/source/glob.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_listed_members = 20;

std::string list_members(std::vector<std::string> names) {
    const std::size_t total = names.size();
    names.resize(std::min(total, max_listed_members));
    for (auto& name : names) name = printable(name);
    const auto more =
        total > max_listed_members ? fmt::format(" and {} more", total - max_listed_members) : "";
    return comma_list(names) + more;
}

std::string base_name(const std::string& name) {
    return name.substr(name.rfind('/') + 1);
}

template <class Fits>
std::vector<std::string> those_that(const std::vector<std::string>& names, Fits fits) {
    std::vector<std::string> chosen;
    std::ranges::copy_if(names, std::back_inserter(chosen), fits);
    return chosen;
}

std::vector<std::string> find_members(
    const std::vector<std::string>& names, const std::string& member
) {
    const bool anywhere = !member.contains('/');
    if (is_glob(member)) {
        return those_that(names, [&](const std::string& name) {
            return fits_glob(member, anywhere ? base_name(name) : name);
        });
    }
    auto exact = those_that(names, [&](const std::string& name) { return name == member; });
    if (!exact.empty() || !anywhere) return exact;
    return those_that(names, [&](const std::string& name) { return base_name(name) == member; });
}

std::unexpected<core::Error> not_chosen(const std::vector<std::string>& names) {
    return core::fail(
        core::Errc::invalid_argument,
        fmt::format("the archive holds {} files, and source.member names none", names.size()),
        "name one of them, or several by a pattern: " + list_members(names)
    );
}

std::unexpected<core::Error> not_there(
    const std::vector<std::string>& names, const std::string& member
) {
    const std::string what =
        is_glob(member) ? "no file of the archive fits" : "the archive has no file";
    return core::fail(
        core::Errc::not_found,
        fmt::format("{} '{}'{}", what, member, did_you_mean(member, names)),
        "there are: " + list_members(names)
    );
}

}  // namespace

core::Result<std::vector<std::string>> choose_members(
    const std::vector<std::string>& names, const std::string& member
) {
    if (names.empty()) return core::fail(core::Errc::corrupt_data, "the archive holds no file");
    if (member.empty() && names.size() > 1) return not_chosen(names);
    auto chosen = member.empty() ? names : find_members(names, member);
    if (chosen.empty()) return not_there(names, member);
    auto sorted = chosen;
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end()) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format("the archive has two files of the name '{}'", printable(*twice))
        );
    }
    if (chosen.size() > 1 && !is_glob(member)) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("'{}' is in several folders of the archive", member),
            "write the folder in source.member: " + list_members(chosen)
        );
    }
    return chosen;
}

}  // namespace reel::warehouse
