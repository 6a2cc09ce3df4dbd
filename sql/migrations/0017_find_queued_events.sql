-- An event that goes takes its places in the queues along: without an index each one walks all queues.

create index asset_dag_run_queue_of_event on reel.asset_dag_run_queue (event_id);
