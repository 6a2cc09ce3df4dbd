#include "worker_book.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "report_json.hpp"

namespace reel::worker {

using scheduler::TaskOutcome;
using store::ReportKind;

void WorkerBook::take(const store::DispatchOffer& offer) {
    if (hands_.emplace(offer.attempt, Hand{}).second) ++live_;
}

void WorkerBook::refuse(
    const store::DispatchOffer& offer, const core::Error& error, core::Timestamp at
) {
    scheduler::AttemptEnded ended;
    ended.attempt = offer.attempt;
    ended.outcome = TaskOutcome::failed;
    ended.at = at;
    ended.message = error.describe();
    take(offer);
    on_ended(std::move(ended));
}

void WorkerBook::on_started(const scheduler::AttemptStarted& started) {
    const auto found = hands_.find(started.attempt);
    if (found != hands_.end()) found->second.started = to_json(started);
}

void WorkerBook::on_ended(scheduler::AttemptEnded ended) {
    const auto found = hands_.find(ended.attempt);
    if (found == hands_.end() || found->second.ended) return;
    if (found->second.ending == Ending::for_silence && ended.outcome == TaskOutcome::cancelled) {
        ended.outcome = TaskOutcome::lost;
        ended.message = "ended by its worker, which could not reach the database for too long";
    }
    found->second.ended = to_json(ended);
    --live_;
}

WorkerBook::Renewed WorkerBook::on_renewed(const store::Renewal& renewal) {
    const std::set<core::AttemptId> held(renewal.held.begin(), renewal.held.end());
    const std::set<core::AttemptId> unwanted(renewal.cancelled.begin(), renewal.cancelled.end());
    Renewed renewed;
    renewed.is_short =
        std::ranges::any_of(held, [this](core::AttemptId each) { return !hands_.contains(each); });
    for (auto& [attempt, hand] : hands_) {
        if (hand.ended || hand.ending != Ending::not_at_all) continue;
        if (!held.contains(attempt)) {
            hand.ending = Ending::not_ours;
        } else if (unwanted.contains(attempt)) {
            hand.ending = Ending::on_request;
        } else {
            continue;
        }
        renewed.cancel.push_back(attempt);
    }
    return renewed;
}

std::vector<core::AttemptId> WorkerBook::fence() {
    std::vector<core::AttemptId> cancel;
    for (auto& [attempt, hand] : hands_) {
        if (hand.ended || hand.ending == Ending::for_silence) continue;
        hand.ending = Ending::for_silence;
        cancel.push_back(attempt);
    }
    return cancel;
}

std::vector<store::DispatchReport> WorkerBook::reports() const {
    std::vector<store::DispatchReport> reports;
    const auto add = [&](core::AttemptId attempt, ReportKind kind, const auto& body) {
        if (body) reports.push_back({.attempt = attempt, .kind = kind, .body = *body});
    };
    for (const auto& [attempt, hand] : hands_) {
        add(attempt, ReportKind::started, hand.started);
        add(attempt, ReportKind::ended, hand.ended);
    }
    return reports;
}

WorkerBook::Told WorkerBook::on_told(
    const std::vector<store::DispatchReport>& sent, const std::vector<core::AttemptId>& refused
) {
    const std::set<core::AttemptId> stale(refused.begin(), refused.end());
    Told told;
    for (const auto& report : sent) {
        const auto found = hands_.find(report.attempt);
        if (found == hands_.end()) continue;
        Hand& hand = found->second;
        if (report.kind == ReportKind::ended) {
            told.release.push_back(report.attempt);
            hands_.erase(found);
            continue;
        }
        hand.started.reset();
        if (stale.contains(report.attempt) && !hand.ended && hand.ending == Ending::not_at_all) {
            hand.ending = Ending::not_ours;
            told.cancel.push_back(report.attempt);
        }
    }
    return told;
}

std::vector<core::AttemptId> WorkerBook::live() const {
    std::vector<core::AttemptId> attempts;
    for (const auto& [attempt, hand] : hands_) {
        if (!hand.ended) attempts.push_back(attempt);
    }
    return attempts;
}

}  // namespace reel::worker
