-- How an instance of a mapped task is called (map_index_template); '' where nothing names it.
alter table reel.task_instance add column rendered_map_index text not null default '';
