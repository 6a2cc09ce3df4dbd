// What the loop knows of a lead that may be lost.

#include <utility>

#include "loop.hpp"

namespace reel::scheduler {

void Loop::abandon() {
    abandoned_ = true;
    soon_.cancel();
    finish_waiters(std::exchange(waiting_for_this_commit_, {}), false);
    finish_waiters(std::exchange(waiting_for_commit_, {}), false);
}

void Loop::refuse_if_abandoned() const {
    if (abandoned_) throw store::LostLeadership("this scheduler does not lead any more");
}

/// What is stored is the next leader's to act on.
void Loop::refuse_if_the_lease_is_over() const {
    if (!parts_.may_act || parts_.may_act()) return;
    throw store::LostLeadership("the lease ran out before what was stored was acted on");
}

}  // namespace reel::scheduler
