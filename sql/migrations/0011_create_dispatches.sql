-- Attempts that workers carry out, and the workers. Between the scheduler, which offers and reads what came of it, and
-- whoever claims; all leases go by this database's clock.

create table reel.worker (
    id          text collate "C" primary key,
    hostname    text not null,
    pid         integer not null,
    queues      text[] not null,
    concurrency integer not null,
    state       text not null check (state in ('running', 'draining', 'stopped')),
    started_at  timestamptz not null,
    heartbeat   timestamptz not null,
    lease_until timestamptz not null
);

-- `started` and `ended` are reports as JSON; `ended` is null where no worker told the end.
create table reel.dispatch (
    attempt          bigint primary key check (attempt > 0),
    queue            text collate "C" not null,
    dag_id           text collate "C" not null,
    run_id           text collate "C" not null,
    task_id          text collate "C" not null,
    map_index        integer not null,
    try_number       integer not null,
    dag_version      text collate "C" not null,
    priority         integer not null,
    state            text not null check (state in ('queued', 'claimed', 'ended')),
    worker           text collate "C",
    claimed_at       timestamptz,
    lease_until      timestamptz,
    started          text,
    end_kind         text check (end_kind in ('reported', 'cancelled', 'expired')),
    ended            text,
    ended_at         timestamptz,
    cancel_requested boolean not null default false,
    check ((state = 'ended') = (end_kind is not null)),
    check (state <> 'claimed' or (worker is not null and lease_until is not null))
);
create index dispatch_queued on reel.dispatch (priority desc, attempt) where state = 'queued';
-- At most one live attempt of a task instance, whatever anybody else believes.
create unique index dispatch_live on reel.dispatch (dag_id, run_id, task_id, map_index) where state = 'claimed';
create index dispatch_of_worker on reel.dispatch (worker) where state = 'claimed';
create index dispatch_told on reel.dispatch (attempt) where started is not null or state = 'ended';
