-- Backfills: runs for the fires of a schedule within a span of time. One is open until it has completed, and a DAG has one
-- open backfill at most.

create table reel.backfill (
    id                 bigint generated always as identity primary key,
    dag_id             text collate "C" not null references reel.dag on delete cascade,
    from_date          timestamptz not null,
    to_date            timestamptz not null check (to_date >= from_date),
    dag_run_conf       text not null,
    is_paused          boolean not null,
    reprocess_behavior text not null check (reprocess_behavior in ('none', 'failed', 'completed')),
    max_active_runs    integer not null check (max_active_runs >= 1),
    run_backwards      boolean not null,
    triggering_user    text not null,
    created_at         timestamptz not null,
    completed_at       timestamptz,
    updated_at         timestamptz not null
);
create unique index backfill_open on reel.backfill (dag_id) where completed_at is null;
create index backfill_of_dag on reel.backfill (dag_id, id);

-- The plan is fixed when the backfill is made; the runs come one by one. A run may be removed before its backfill is.
create table reel.backfill_dag_run (
    backfill_id         bigint not null references reel.backfill on delete cascade,
    sort_ordinal        integer not null check (sort_ordinal >= 1),
    dag_id              text collate "C" not null,
    logical_date        timestamptz not null,
    data_interval_start timestamptz not null,
    data_interval_end   timestamptz not null,
    run_after           timestamptz not null,
    run_id              text collate "C",
    exception_reason    text not null,
    primary key (backfill_id, sort_ordinal)
);
