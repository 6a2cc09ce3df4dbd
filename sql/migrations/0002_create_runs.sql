-- Runs, their tasks, every try of a task, and what tasks told each other. A state's word is the same
-- here, in C++, in JSON and on the page; null is "none".

create table reel.dag_run (
    id                  bigint generated always as identity primary key,
    dag_id              text collate "C" not null,
    run_id              text collate "C" not null,
    state               text not null check (state in ('queued', 'running', 'success', 'failed')),
    run_type            text not null check (run_type in
        ('scheduled', 'manual', 'backfill', 'asset_triggered', 'asset_materialization')),
    triggered_by        text not null check (triggered_by in
        ('cli', 'operator', 'rest_api', 'ui', 'test', 'timetable', 'asset', 'backfill')),
    triggering_user     text not null,
    conf                text not null,
    logical_date        timestamptz,
    data_interval_start timestamptz,
    data_interval_end   timestamptz,
    run_after           timestamptz not null,
    queued_at           timestamptz not null,
    start_date          timestamptz,
    end_date            timestamptz,
    note                text not null,
    dag_version         text collate "C" not null,
    version_number      integer not null,
    unique (dag_id, run_id),
    foreign key (dag_id, dag_version) references reel.dag_version on delete cascade,
    check ((data_interval_start is null) = (data_interval_end is null))
);
create unique index dag_run_logical_date on reel.dag_run (dag_id, logical_date);
create index dag_run_active on reel.dag_run (id) where state in ('queued', 'running');
create index dag_run_of_dag on reel.dag_run (dag_id, id);
create index dag_run_after on reel.dag_run (run_after);

create table reel.task_instance (
    id              bigint generated always as identity primary key,
    dag_id          text collate "C" not null,
    run_id          text collate "C" not null,
    task_id         text collate "C" not null,
    map_index       integer not null check (map_index >= -1),
    state           text check (state in
        ('scheduled', 'queued', 'running', 'success', 'failed', 'up_for_retry', 'up_for_reschedule',
         'deferred', 'upstream_failed', 'skipped', 'restarting', 'removed')),
    try_number      integer not null check (try_number >= 0),
    max_tries       integer not null check (max_tries >= 0),
    attempt         bigint not null check (attempt >= 0),
    scheduled_at    timestamptz,
    queued_at       timestamptz,
    start_date      timestamptz,
    end_date        timestamptz,
    next_retry_at   timestamptz,
    operator_name   text not null,
    pool            text not null,
    pool_slots      integer not null,
    priority_weight integer not null,
    queue           text not null,
    hostname        text not null,
    pid             integer not null,
    message         text not null,
    note            text not null,
    unique (dag_id, run_id, task_id, map_index),
    foreign key (dag_id, run_id) references reel.dag_run (dag_id, run_id) on delete cascade
);
create index task_instance_live on reel.task_instance (state)
    where state in ('scheduled', 'queued', 'running', 'up_for_retry', 'restarting', 'deferred');

create table reel.task_attempt (
    attempt     bigint primary key check (attempt > 0),
    dag_id      text collate "C" not null,
    run_id      text collate "C" not null,
    task_id     text collate "C" not null,
    map_index   integer not null,
    try_number  integer not null,
    state       text not null check (state in
        ('queued', 'running', 'success', 'failed', 'up_for_retry', 'up_for_reschedule', 'deferred',
         'upstream_failed', 'skipped', 'restarting')),
    queued_at   timestamptz not null,
    start_date  timestamptz,
    end_date    timestamptz,
    hostname    text not null,
    pid         integer not null,
    message     text not null,
    foreign key (dag_id, run_id, task_id, map_index)
        references reel.task_instance (dag_id, run_id, task_id, map_index) on delete cascade
);
create index task_attempt_of_task on reel.task_attempt (dag_id, run_id, task_id, map_index);

-- One row: the attempt id that is handed out next. A row, not a sequence, because blocks of any size
-- are taken in one step.
create table reel.next_attempt (
    attempt bigint not null,
    is_only boolean primary key default true check (is_only)
);
insert into reel.next_attempt (attempt) values (1);

create table reel.xcom (
    dag_id      text collate "C" not null,
    run_id      text collate "C" not null,
    task_id     text collate "C" not null,
    map_index   integer not null,
    name        text collate "C" not null,
    value       text not null,
    at          timestamptz not null,
    primary key (dag_id, run_id, task_id, map_index, name),
    foreign key (dag_id, run_id, task_id, map_index)
        references reel.task_instance (dag_id, run_id, task_id, map_index) on delete cascade
);
