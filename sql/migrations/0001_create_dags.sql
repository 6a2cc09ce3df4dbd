-- DAGs as their files declare them. Names sort by code point, whatever the database's locale.

-- Times travel as microseconds since 1970: exact in both directions, free of zones and formats.
create function reel.at_micros(micros bigint) returns timestamptz
    language sql stable strict parallel safe
    -- By hours first: interval arithmetic is in double precision, which a far date in microseconds overflows.
    as $$ select timestamptz 'epoch' + (micros / 3600000000) * interval '1 hour' + (micros % 3600000000) * interval '1 microsecond' $$;

create function reel.micros_of(at timestamptz) returns bigint
    language sql stable strict parallel safe
    as $$ select (extract(epoch from at) * 1000000)::bigint $$;

create table reel.dag (
    dag_id          text collate "C" primary key,
    display_name    text collate "C" not null,
    is_paused       boolean not null,
    is_stale        boolean not null default false,
    fileloc         text not null,
    relative_fileloc text not null,
    tags            text[] not null,
    version         text not null,
    last_parsed_at  timestamptz not null,
    next_run_after  timestamptz,
    created_at      timestamptz not null default now()
);

-- Every content a DAG ever had: a run ends under the version that it began with.
create table reel.dag_version (
    dag_id          text collate "C" not null references reel.dag on delete cascade,
    version         text collate "C" not null,
    version_number  integer not null check (version_number >= 1),
    body            text not null,
    created_at      timestamptz not null default now(),
    primary key (dag_id, version),
    unique (dag_id, version_number)
);

create table reel.import_error (
    id          bigint generated always as identity primary key,
    filename    text collate "C" not null unique,
    at          timestamptz not null,
    stack_trace text not null
);
