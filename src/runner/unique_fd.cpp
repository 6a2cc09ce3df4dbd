#include "reel/runner/unique_fd.hpp"

#include <system_error>

namespace reel::runner {

std::string describe_errno(int number) {
    return std::generic_category().message(number);
}

std::unexpected<core::Error> fail_errno(const std::string& what, int number) {
    const bool denied = number == EACCES || number == EPERM;
    return core::fail(
        denied ? core::Errc::permission_denied : core::Errc::unavailable,
        what + ": " + describe_errno(number)
    );
}

}  // namespace reel::runner
