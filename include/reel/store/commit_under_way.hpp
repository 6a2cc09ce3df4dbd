#pragma once

namespace reel::store {

/// A commit that was sent (RunStore::begin). Belongs to the thread that began it, which must not
/// write to the store in another way before its end; the writes of other threads wait for that.
/// Dropped before it has ended, nobody knows what became of it: RunStore::commit with the same
/// finds out.
class CommitUnderWay {
  public:
    virtual ~CommitUnderWay() = default;

    /// What to wait for until it can be read.
    [[nodiscard]] virtual int socket() const = 0;

    enum class Progress {
        under_way,   ///< to be waited for once more
        stored,      ///< for good
        in_the_way,  ///< nothing was stored; RunStore::commit tells what is in its way
    };
    /// Does not wait. Throws as RunStore::commit does.
    [[nodiscard]] virtual Progress look() = 0;
};

}  // namespace reel::store
