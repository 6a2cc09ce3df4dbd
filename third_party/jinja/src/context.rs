//! The plain variables of a template: JSON in, engine values out.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Serde, Value};
use serde_json::Value as Json;

use crate::dates::DateTime;
use crate::lookups::{self, Source};
use crate::macros;

/// Names that hold a moment in Airflow's context; elsewhere a text stays a text.
const MOMENTS: &[&str] = &[
    "data_interval_end",
    "data_interval_start",
    "end_date",
    "execution_date",
    "logical_date",
    "prev_data_interval_end_success",
    "prev_data_interval_start_success",
    "prev_end_date_success",
    "prev_start_date_success",
    "queued_at",
    "run_after",
    "start_date",
];

/// What users wrote themselves: never touched.
const USERS_OWN: &[&str] = &["conf", "params"];

pub fn plain(json: &Json) -> Value {
    Value::from(Serde(json))
}

fn value_of(key: &str, json: &Json) -> Value {
    match json {
        Json::Object(_) if USERS_OWN.contains(&key) => plain(json),
        Json::Object(members) => Value::from_pairs(
            members.iter().map(|(name, member)| (name.clone(), value_of(name, member))),
        ),
        Json::String(text) if MOMENTS.contains(&key) => {
            DateTime::parse(text).map_or_else(|| plain(json), Value::from_object)
        }
        _ => plain(json),
    }
}

/// `None` for a text that is not a JSON object.
pub fn parse(text: &str, source: &Arc<Source>) -> Option<Value> {
    let Ok(Json::Object(members)) = serde_json::from_str::<Json>(text) else {
        return None;
    };
    let mut context: BTreeMap<String, Value> =
        members.iter().map(|(name, member)| (name.clone(), value_of(name, member))).collect();
    for name in ["ti", "task_instance"] {
        let attributes = context.remove(name).unwrap_or_else(|| Value::from_pairs([("", ())]));
        context.insert(name.into(), lookups::task_instance(source, attributes));
    }
    context.insert("var".into(), lookups::var(source));
    context.insert("conn".into(), lookups::conn(source));
    context.insert("staged".into(), lookups::staged(source));
    context.insert("macros".into(), macros::macros());
    Some(Value::from_pairs(context))
}
