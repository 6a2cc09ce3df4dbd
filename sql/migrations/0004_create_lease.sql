-- Who may write as the scheduler. `epoch` counts the terms: a former leader's writes name an old one.

create table reel.lease (
    name        text collate "C" primary key,
    holder      text not null,
    epoch       bigint not null,
    acquired_at timestamptz not null,
    expires_at  timestamptz not null
);
