-- What people configure at run time. The metadata database is the secret's keeper: see
-- docs/decisions/0003-connection-secrets.md.

create table reel.variable (
    key         text collate "C" primary key,
    value       text not null,
    description text not null
);

create table reel.connection (
    connection_id text collate "C" primary key,
    conn_type     text not null,
    description   text not null,
    host          text not null,
    login         text not null,
    password      text not null,
    schema        text not null,
    port          integer,
    extra         text not null
);
