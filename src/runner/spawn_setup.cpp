#include "reel/runner/spawn_setup.hpp"

#include <fcntl.h>

#include <csignal>
#include <new>

namespace reel::runner {

namespace {

/// The only way these calls fail is for want of memory.
void require(int error) {
    if (error != 0) throw std::bad_alloc();
}

}  // namespace

FileActions::FileActions() {
    require(::posix_spawn_file_actions_init(&actions_));
}

FileActions::~FileActions() {
    ::posix_spawn_file_actions_destroy(&actions_);
}

void FileActions::change_directory(const std::filesystem::path& directory) {
    require(::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str()));
}

void FileActions::open_null(int target) {
    require(::posix_spawn_file_actions_addopen(&actions_, target, "/dev/null", O_RDONLY, 0));
}

void FileActions::place(int source, int target) {
    require(::posix_spawn_file_actions_adddup2(&actions_, source, target));
}

void FileActions::close_from(int first) {
    require(::posix_spawn_file_actions_addclosefrom_np(&actions_, first));
}

SpawnAttributes::SpawnAttributes(Group group) {
    require(::posix_spawnattr_init(&attributes_));
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    require(::posix_spawnattr_setsigmask(&attributes_, &none));
    require(::posix_spawnattr_setsigdefault(&attributes_, &all));
    require(::posix_spawnattr_setpgroup(&attributes_, 0));
    const int where =
        group == Group::own_session ? int{POSIX_SPAWN_SETSID} : int{POSIX_SPAWN_SETPGROUP};
    const int flags = where | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    require(::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags)));
}

SpawnAttributes::~SpawnAttributes() {
    ::posix_spawnattr_destroy(&attributes_);
}

CStrings::CStrings(const std::vector<std::string>& strings) : pointers_{nullptr} {
    add(strings);
}

void CStrings::add(const std::vector<std::string>& strings) {
    pointers_.reserve(pointers_.size() + strings.size());
    pointers_.pop_back();
    // exec promises not to write to them; its signature is older than const.
    for (const auto& text : strings) pointers_.push_back(const_cast<char*>(text.c_str()));
    pointers_.push_back(nullptr);
}

}  // namespace reel::runner
