#include "shared_library.hpp"

#include <dlfcn.h>

namespace reel::fetch {

core::Result<SharedLibrary> SharedLibrary::open(
    const std::string& file, const std::string& package
) {
    void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) return SharedLibrary(file, handle);
    const char* const reason = ::dlerror();
    return core::fail(
        core::Errc::unavailable,
        "cannot load " + file + ": " + (reason != nullptr ? reason : "unknown error"),
        "install it: apt install " + package
    );
}

void* SharedLibrary::look_up(const char* name) {
    void* const found = ::dlsym(handle_, name);
    if (found == nullptr && missing_.empty()) missing_ = name;
    return found;
}

core::Result<void> SharedLibrary::complete() const {
    if (missing_.empty()) return {};
    return core::fail(core::Errc::unavailable, file_ + " has no function " + missing_);
}

}  // namespace reel::fetch
