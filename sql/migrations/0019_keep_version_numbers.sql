-- Lists of DAGs show the number of the version that each has now; with it here nobody joins the versions, whose bodies lie between.

alter table reel.dag add column version_number integer not null default 1 check (version_number >= 1);

update reel.dag d set version_number = v.version_number
from reel.dag_version v where v.dag_id = d.dag_id and v.version = d.version;
