#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "reel/core/ids.hpp"
#include "rules.hpp"

namespace reel::executor {

/// Who waits, and who is to look when. Pure: time comes in, and a moment costs those that are due
/// at it, not those that wait.
class WaitList final {
  public:
    /// Looks again and again, at once for the first time. Past the deadline it looks no more.
    void add_looker(
        core::AttemptId attempt,
        const WaitRules& rules,
        std::optional<core::Timestamp> deadline,
        core::Timestamp now
    );
    /// Waits for a moment and looks at nothing; or until the deadline, where that comes before.
    void add_sleeper(
        core::AttemptId attempt, core::Timestamp moment, std::optional<core::Timestamp> deadline
    );
    /// Unknown ones are ignored.
    void remove(core::AttemptId attempt);

    enum class Call {
        look,      ///< looked() says how that ended
        moment,    ///< what the sleeper waited for has come
        deadline,  ///< it came before the moment
    };
    struct Due {
        core::AttemptId attempt;
        Call call;
    };
    /// Takes everybody whose time has come.
    [[nodiscard]] std::vector<Due> take_due(core::Timestamp now);

    /// A look has found nothing. False: its deadline is over.
    [[nodiscard]] bool looked(core::AttemptId attempt, core::Timestamp now);
    /// Something has happened that it may wait for: it looks at once, and once more when it is
    /// looking now.
    void look_now(core::AttemptId attempt, core::Timestamp now);

    /// When take_due() will next have something to give.
    [[nodiscard]] std::optional<core::Timestamp> next_due() const;
    /// When this one will; nullopt while it looks.
    [[nodiscard]] std::optional<core::Timestamp> due_of(core::AttemptId attempt) const;
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }

  private:
    struct Waiting {
        WaitRules rules;
        std::optional<core::Timestamp> deadline;
        std::optional<core::Timestamp> moment;  ///< of a sleeper
        std::optional<core::Timestamp> due;     ///< empty while it looks
        int looks = 0;
        bool look_again = false;
    };
    void put(core::AttemptId attempt, Waiting& waiting, core::Timestamp due);

    std::unordered_map<core::AttemptId, Waiting> waiting_;
    std::set<std::pair<core::Timestamp, core::AttemptId>> due_;
};

}  // namespace reel::executor
