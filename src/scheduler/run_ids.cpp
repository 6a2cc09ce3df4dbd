#include "run_ids.hpp"

namespace reel::scheduler {

store::RunRecord scheduled_run(
    const core::DagId& dag_id, const PlannedRun& planned, core::Timestamp now
) {
    store::RunRecord run;
    run.dag_id = dag_id;
    run.run_id = core::RunId("scheduled__" + core::format_iso(planned.logical_date));
    run.type = core::RunType::scheduled;
    run.triggered_by = core::TriggeredBy::timetable;
    run.conf.text = "{}";
    run.logical_date = planned.logical_date;
    run.data_interval = planned.data_interval;
    run.run_after = planned.run_after;
    run.queued_at = now;
    return run;
}

store::RunRecord backfill_run(
    const store::BackfillRecord& backfill, const store::BackfillRunRecord& fire, core::Timestamp now
) {
    store::RunRecord run;
    run.dag_id = backfill.dag_id;
    run.run_id = core::RunId("backfill__" + core::format_iso(fire.logical_date));
    run.type = core::RunType::backfill;
    run.triggered_by = core::TriggeredBy::backfill;
    run.triggering_user = backfill.triggering_user;
    run.conf = backfill.dag_run_conf;
    run.logical_date = fire.logical_date;
    run.data_interval = fire.data_interval;
    run.run_after = fire.run_after;
    run.queued_at = now;
    return run;
}

store::RunRecord asset_triggered_run(
    const core::DagId& dag_id, std::int64_t last_event, core::Timestamp now
) {
    store::RunRecord run;
    run.dag_id = dag_id;
    run.run_id =
        core::RunId("asset_triggered__" + core::format_iso(now) + "_" + std::to_string(last_event));
    run.type = core::RunType::asset_triggered;
    run.triggered_by = core::TriggeredBy::asset;
    run.conf.text = "{}";
    run.run_after = now;
    run.queued_at = now;
    return run;
}

core::Result<store::RunRecord> requested_run(
    const core::Dag& dag, const TriggerRequest& request, core::Timestamp now
) {
    store::RunRecord run;
    run.dag_id = request.dag_id;
    run.type = request.type;
    run.triggered_by = request.triggered_by;
    run.triggering_user = request.triggering_user;
    run.conf = request.conf;
    run.note = request.note;
    run.logical_date = request.logical_date;
    run.data_interval = request.data_interval;
    if (!run.data_interval && run.logical_date) {
        run.data_interval = manual_interval(dag, *run.logical_date);
    }
    run.run_after = request.run_after.value_or(now);
    run.queued_at = now;
    run.run_id = request.run_id.value_or(core::RunId(
        std::string(core::to_string(run.type)) + "__" +
        core::format_iso(run.logical_date.value_or(run.run_after))
    ));
    if (!core::is_valid_run_id(run.run_id.str())) {
        return core::fail(
            core::Errc::invalid_argument,
            "the run id '" + run.run_id.str() + "' is not allowed",
            "use letters, digits and _ . ~ : + - only, at most 250 of them"
        );
    }
    for (const auto type :
         {core::RunType::scheduled, core::RunType::backfill, core::RunType::asset_triggered}) {
        const std::string word(core::to_string(type));
        if (!request.run_id || !request.run_id->str().starts_with(word + "__")) continue;
        return core::fail(
            core::Errc::invalid_argument,
            "the run id '" + run.run_id.str() + "' is reserved for " + word + " runs",
            "choose another one, or leave it out"
        );
    }
    return run;
}

}  // namespace reel::scheduler
