#include "spare.hpp"

#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "descriptor_message.hpp"
#include "words.hpp"

namespace reel::runner {

namespace {

void append(std::string& request, std::string_view text) {
    request.append(text);
    request.push_back('\0');
}

/// nullopt where it is too much for one message.
std::optional<std::string> make_request(
    const ProcessSpec& spec, const std::filesystem::path& working_directory
) {
    ShellRequest head;
    std::string request(sizeof head, '\0');
    append(request, working_directory.native());
    for (const auto* const part : {&spec.environment, spec.common_environment.get()}) {
        if (part == nullptr) continue;
        for (const auto& variable : *part) append(request, variable);
        head.variables += static_cast<std::uint32_t>(part->size());
    }
    if (request.size() > max_shell_request || head.variables > max_shell_variables) {
        return std::nullopt;
    }
    std::memcpy(request.data(), &head, sizeof head);
    return request;
}

}  // namespace

bool hand_over(
    const Spare& spare,
    const ProcessSpec& spec,
    const std::filesystem::path& working_directory,
    const Descriptors& descriptors
) {
    // What stands in the way is told by an ordinary start.
    if (::access(working_directory.c_str(), X_OK) != 0) return false;
    const auto request = make_request(spec, working_directory);
    const std::array files{descriptors.log, descriptors.input, descriptors.output};
    return request && send_descriptors(spare.socket, *request, files);
}

}  // namespace reel::runner
