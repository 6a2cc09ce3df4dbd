-- Places that tasks share over all DAGs. A task that names no pool takes from default_pool, which is always there.

create table reel.pool (
    name             text collate "C" primary key,
    slots            integer not null check (slots >= -1),
    description      text not null,
    include_deferred boolean not null
);
insert into reel.pool (name, slots, description, include_deferred)
values ('default_pool', 128, 'Default pool', false);
