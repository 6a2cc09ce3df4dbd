-- What tasks make and DAGs wait for: the assets, their events, and which events wait for or have started a run.

create table reel.asset (
    id         bigint generated always as identity primary key,
    uri        text collate "C" not null unique,
    name       text collate "C" not null,
    asset_group text not null,
    extra      text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

-- Where the DAGs as they are now name an asset. task_id is '' for a schedule.
create table reel.asset_reference (
    asset_id   bigint not null references reel.asset,
    dag_id     text collate "C" not null references reel.dag on delete cascade,
    kind       text collate "C" not null check (kind in ('schedule', 'outlet', 'inlet')),
    task_id    text collate "C" not null,
    primary key (dag_id, kind, task_id, asset_id)
);
create index asset_reference_of_asset on reel.asset_reference (asset_id);

-- Kept when the source goes. The ids are the scheduler's.
create table reel.asset_event (
    id               bigint primary key,
    asset_id         bigint not null references reel.asset,
    at               timestamptz not null,
    extra            text not null,
    source_dag_id    text collate "C",
    source_run_id    text collate "C",
    source_task_id   text collate "C",
    source_map_index integer
);
create index asset_event_of_asset on reel.asset_event (asset_id, id);

-- Events that wait for the condition of a DAG. One goes in the transaction that makes its run.
create table reel.asset_dag_run_queue (
    target_dag_id text collate "C" not null references reel.dag on delete cascade,
    event_id      bigint not null references reel.asset_event on delete cascade,
    primary key (target_dag_id, event_id)
);

create table reel.dagrun_asset_event (
    dag_id   text collate "C" not null,
    run_id   text collate "C" not null,
    event_id bigint not null references reel.asset_event on delete cascade,
    primary key (dag_id, run_id, event_id),
    foreign key (dag_id, run_id) references reel.dag_run (dag_id, run_id) on delete cascade
);
create index dagrun_asset_event_of_event on reel.dagrun_asset_event (event_id);
