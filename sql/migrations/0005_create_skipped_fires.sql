-- Fires of a schedule that gave no run because missed ones are not made up for: with the runs, every fire is on record.

create table reel.skipped_fires (
    dag_id      text collate "C" not null references reel.dag on delete cascade,
    first_at    timestamptz not null,
    last_at     timestamptz not null check (last_at >= first_at),
    fires       bigint not null check (fires >= 1),
    recorded_at timestamptz not null,
    primary key (dag_id, first_at)
);
