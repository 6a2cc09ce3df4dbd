#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reel::dagfile {

/// The patterns of one .airflowignore, in Airflow 3's glob syntax (that of .gitignore): '*', '?',
/// '[…]', '**', a leading '!' takes back, a leading or inner '/' ties to the file's folder, a
/// trailing '/' means folders only, '#' begins a comment.
class IgnoreRules final {
  public:
    explicit IgnoreRules(std::string_view text);

    /// `path` is relative to the folder of the .airflowignore, '/' between its parts.
    enum class Verdict { silent, ignored, wanted };
    [[nodiscard]] Verdict judge(const std::string& path, bool is_folder) const;

  private:
    struct Rule {
        std::string pattern;
        bool negated = false;
        bool folders_only = false;
        bool anchored = false;
    };
    std::vector<Rule> rules_;
};

}  // namespace reel::dagfile
