#pragma once

#include <map>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library chose it
class App;
}

namespace reel::cli {

/// What may follow each command: "" → the groups, "dags" → its verbs, "dags list" → its flags.
using CompletionWords = std::map<std::string, std::vector<std::string>>;

[[nodiscard]] CompletionWords words_of(const CLI::App& root);

/// A script that completes them in bash, or in zsh through its bash compatibility.
[[nodiscard]] std::string completion_script(const CompletionWords& words, const std::string& shell);

}  // namespace reel::cli
