-- A task changes its state three times and more. Where no index holds the state and the page has room,
-- the new version of the row lies beside the old one and no index is touched.

drop index reel.task_instance_live;
alter table reel.task_instance set (fillfactor = 50);
alter table reel.task_attempt set (fillfactor = 70);
alter table reel.dag_run set (fillfactor = 70);
