-- Lists of DAGs show the owners of the tasks; with them here nobody reads what the tasks do for it. A NUL, which is escaped in a
-- body, cannot be in a text of Postgres: it becomes the character for what cannot be shown.

alter table reel.dag add column owners text[] not null default '{}';

update reel.dag d set owners = coalesce(
    (select array_agg(distinct task ->> 'owner' collate "C")
     from json_array_elements(replace(v.body, '\u0000', '\ufffd')::json -> 'tasks') as task
     where task ->> 'owner' is not null), '{}')
from reel.dag_version v where v.dag_id = d.dag_id and v.version = d.version;
