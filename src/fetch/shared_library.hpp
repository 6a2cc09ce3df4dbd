#pragma once

#include <string>

#include "reel/core/result.hpp"

namespace reel::fetch {

/// A shared library that is loaded when it is first needed and then kept for good. Linked in the
/// usual way, one with thirty others behind it is most of the time that a program takes to start.
class SharedLibrary final {
  public:
    /// `file` is the name that the loader knows ("libz.so.1"), `package` Debian's package for it.
    /// Errc::unavailable where it is missing.
    [[nodiscard]] static core::Result<SharedLibrary> open(
        const std::string& file, const std::string& package
    );

    /// Sets `into` to the library's function of that name; complete() tells of those it lacks.
    template <class Function>
    void find(const char* name, Function*& into) {
        // What dlsym gives is a function only by agreement.
        into = reinterpret_cast<Function*>(look_up(name));  // NOLINT(*-reinterpret-cast)
    }
    /// Whether all that was looked for was found; Errc::unavailable says what was not.
    [[nodiscard]] core::Result<void> complete() const;

  private:
    SharedLibrary(std::string file, void* handle) : file_(std::move(file)), handle_(handle) {}
    [[nodiscard]] void* look_up(const char* name);

    std::string file_;
    void* handle_;
    std::string missing_;
};

}  // namespace reel::fetch
