#pragma once

#include "reel/core/words.hpp"

namespace reel::core {

/// Every place where something becomes durable. tests/system/test_crash_points.py kills the program
/// before and after each of them; docs/architecture/crash-safety.md says what a restart finds.
enum class Durable {
    // The metadata database, by the scheduler
    migration,
    acquire_lease,
    renew_lease,
    release_lease,
    save_dags,
    mark_stale,
    save_import_errors,
    delete_dag,
    set_paused,
    set_next_runs,
    reserve_attempts,
    commit,
    commit_step_by_step,
    create_backfill,
    update_callback,
    set_pool,
    delete_pool,
    delete_runs,
    delete_expired,
    // by whoever is asked to
    set_variable,
    delete_variable,
    add_connection,
    set_connection,
    delete_connection,
    // between scheduler and workers
    offer,
    cancel_offers,
    forget_offers,
    expire_claims,
    claim,
    renew_claims,
    report,
    // Files of the runner
    journal_running,
    journal_exit,
    journal_sync,
    journal_forget,
    open_task_log,
    // Files of the server
    make_secret,
    write_token,
    append_task_log,
    make_cluster,
    // What operators leave
    place_download,
    announce_staging,
    fill_staging,
    stage,
    publish,
};

inline constexpr Words<Durable, 45> durable_words{{
    {Durable::migration, "migration"},
    {Durable::acquire_lease, "acquire_lease"},
    {Durable::renew_lease, "renew_lease"},
    {Durable::release_lease, "release_lease"},
    {Durable::save_dags, "save_dags"},
    {Durable::mark_stale, "mark_stale"},
    {Durable::save_import_errors, "save_import_errors"},
    {Durable::delete_dag, "delete_dag"},
    {Durable::set_paused, "set_paused"},
    {Durable::set_next_runs, "set_next_runs"},
    {Durable::reserve_attempts, "reserve_attempts"},
    {Durable::commit, "commit"},
    {Durable::commit_step_by_step, "commit_step_by_step"},
    {Durable::create_backfill, "create_backfill"},
    {Durable::update_callback, "update_callback"},
    {Durable::set_pool, "set_pool"},
    {Durable::delete_pool, "delete_pool"},
    {Durable::delete_runs, "delete_runs"},
    {Durable::delete_expired, "delete_expired"},
    {Durable::set_variable, "set_variable"},
    {Durable::delete_variable, "delete_variable"},
    {Durable::add_connection, "add_connection"},
    {Durable::set_connection, "set_connection"},
    {Durable::delete_connection, "delete_connection"},
    {Durable::offer, "offer"},
    {Durable::cancel_offers, "cancel_offers"},
    {Durable::forget_offers, "forget_offers"},
    {Durable::expire_claims, "expire_claims"},
    {Durable::claim, "claim"},
    {Durable::renew_claims, "renew_claims"},
    {Durable::report, "report"},
    {Durable::journal_running, "journal_running"},
    {Durable::journal_exit, "journal_exit"},
    {Durable::journal_sync, "journal_sync"},
    {Durable::journal_forget, "journal_forget"},
    {Durable::open_task_log, "open_task_log"},
    {Durable::make_secret, "make_secret"},
    {Durable::write_token, "write_token"},
    {Durable::append_task_log, "append_task_log"},
    {Durable::make_cluster, "make_cluster"},
    {Durable::place_download, "place_download"},
    {Durable::announce_staging, "announce_staging"},
    {Durable::fill_staging, "fill_staging"},
    {Durable::stage, "stage"},
    {Durable::publish, "publish"},
}};

enum class Moment { before, after };

/// Does nothing. The program that is built for the tests (tests/system/crashing) has another one
/// in its place, which kills the process where it is told to. Called by any thread.
void crash_point(Durable what, Moment when);

/// Stands for one write: its scope begins before anything is written and ends after it, before
/// anybody acts on it. A write that fails has its two moments, too.
class Durably final {
  public:
    explicit Durably(Durable what) : what_(what) { crash_point(what_, Moment::before); }
    ~Durably() { crash_point(what_, Moment::after); }
    Durably(const Durably&) = delete;
    Durably& operator=(const Durably&) = delete;

  private:
    Durable what_;
};

}  // namespace reel::core
