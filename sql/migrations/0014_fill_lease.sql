-- The lease row is always there and says all that others must know of who leads. Each term of leadership is
-- noted with the first attempt that it may hand out: so it is known where an attempt was started.

drop table reel.lease;
create table reel.lease (
    epoch       bigint not null,
    hostname    text not null,
    pid         bigint not null,
    home        text not null,
    address     text not null,
    acquired_at timestamptz not null,
    renewed_at  timestamptz not null,
    expires_at  timestamptz not null,
    is_only     boolean primary key default true check (is_only)
);
insert into reel.lease values (0, '', 0, '', '', now(), now(), now());

create table reel.lease_term (
    epoch         bigint primary key,
    home          text not null,
    first_attempt bigint not null,
    acquired_at   timestamptz not null
);
