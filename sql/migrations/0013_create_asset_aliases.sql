-- Names that tasks give to assets when they run, and the assets that have got them.

create table reel.asset_alias (
    id   bigint generated always as identity primary key,
    name text collate "C" not null unique
);

create table reel.asset_alias_asset (
    alias_id bigint not null references reel.asset_alias,
    asset_id bigint not null references reel.asset,
    primary key (alias_id, asset_id)
);
create index asset_alias_asset_of_asset on reel.asset_alias_asset (asset_id);
