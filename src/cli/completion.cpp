#include "completion.hpp"

#include <CLI/CLI.hpp>

namespace reel::cli {

namespace {

void collect(const CLI::App& app, const std::string& path, CompletionWords& words) {
    std::vector<std::string>& here = words[path];
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (sub->get_group().empty()) continue;
        here.push_back(sub->get_name());
        collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), words);
    }
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            here.push_back("--" + name);
        }
    }
}

}  // namespace

CompletionWords words_of(const CLI::App& root) {
    CompletionWords words;
    collect(root, "", words);
    return words;
}

std::string completion_script(const CompletionWords& words, const std::string& shell) {
    std::string script = shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
    script += "_reel() {\n    local path=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" words=\"\"\n";
    script += "    case \"$path\" in\n";
    // The longest path first: "dags list movies" is completed as "dags list".
    for (auto entry = words.rbegin(); entry != words.rend(); ++entry) {
        const std::string& path = entry->first;
        script += "        ";
        if (!path.empty()) {
            script.append("\"").append(path).append("\"|\"").append(path).append(" \"");
        }
        script += "*) words=\"";
        for (const std::string& word : entry->second) {
            script.append(word).append(" ");
        }
        script += "\" ;;\n";
    }
    script +=
        "    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n";
    return script + "complete -F _reel reel\n";
}

}  // namespace reel::cli
