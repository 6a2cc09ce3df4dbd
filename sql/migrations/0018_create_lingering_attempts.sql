-- Attempts that were ended by decree (marked, or with their run) and whose processes may still live: their tasks do not begin anew
-- and their slots are not free before the process is known to be gone, whoever leads. No foreign key: a process outlives its run.

create table reel.lingering_attempt (
    attempt    bigint primary key check (attempt > 0),
    dag_id     text collate "C" not null,
    run_id     text collate "C" not null,
    task_id    text collate "C" not null,
    map_index  integer not null,
    pool       text not null,
    pool_slots integer not null,
    max_active_tis_per_dag    integer,
    max_active_tis_per_dagrun integer
);
