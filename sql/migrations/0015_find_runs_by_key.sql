-- A run is found by its key, (dag_id, run_id). While the table is small and nobody has analyzed it, an index that begins with
-- the DAG, too, looks as good to the planner, for foreign keys as well; with such a plan, which is kept, a commit costs as much as
-- its DAG has runs. The conditions keep these two out of such lookups; a query that wants one of them says its condition.

drop index reel.dag_run_logical_date;
create unique index dag_run_logical_date on reel.dag_run (dag_id, logical_date) where logical_date is not null;
drop index reel.dag_run_of_dag;
create index dag_run_of_dag on reel.dag_run (dag_id, id) where id > 0;
