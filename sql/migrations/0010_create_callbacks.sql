-- Who is to be called about what has happened. A row is written in the transaction of what it is about and carried out
-- afterwards. It names the place of the callback in its DAG and holds nothing that a template gave. The ids are the scheduler's.

create table reel.callback (
    id           bigint primary key,
    dag_id       text collate "C" not null,
    run_id       text collate "C" not null,
    task_id      text collate "C" not null,  -- '' for the run itself
    map_index    integer not null,
    try_number   integer not null,
    event        text collate "C" not null
                 check (event in ('execute', 'success', 'failure', 'retry', 'skipped', 'deadline')),
    deadline     integer not null,           -- which of the DAG's deadlines
    position     integer not null,           -- in the list of callbacks
    kind         text collate "C" not null check (kind in ('command', 'http', 'email', 'slack')),
    dag_version  text not null,
    reason       text not null,
    created_at   timestamptz not null,
    state        text collate "C" not null check (state in ('pending', 'success', 'failed', 'skipped')),
    tries        integer not null check (tries >= 0),
    next_try_at  timestamptz,
    ended_at     timestamptz,
    error        text not null,
    check ((state = 'pending') = (next_try_at is not null)),
    foreign key (dag_id, run_id) references reel.dag_run (dag_id, run_id) on delete cascade
);
create index callback_due on reel.callback (next_try_at) where state = 'pending';
create index callback_of_run on reel.callback (dag_id, run_id);

-- How many runs in a row have failed, for DAGs that are paused after so many.
alter table reel.dag add column consecutive_failed_runs integer not null default 0;
