//! What templates ask for by name: `var`, `conn`, `ti.xcom_pull`, `staged`.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use minijinja::value::{from_args, Kwargs, Object, ObjectRepr, Value, ValueKind};
use minijinja::{Error, ErrorKind, State};

use crate::{context, failure, Text};

pub type Find = extern "C" fn(*mut c_void, i32, Text, Text, i32, *mut c_void) -> i32;

/// No instance of a mapped task in particular.
const ANY_INDEX: i32 = -2;

#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Variable = 1,
    Connection = 2,
    Xcom = 3,
    Staged = 4,
}

/// The caller's look-ups, and what they did not find.
#[derive(Debug)]
pub struct Source {
    user: *mut c_void,
    find: Find,
    broken: AtomicBool,
    missing: Mutex<Vec<(Kind, String)>>,
}

// A session is used by one thread at a time; the engine only asks for the markers.
unsafe impl Send for Source {}
unsafe impl Sync for Source {}

impl Source {
    pub fn new(user: *mut c_void, find: Find) -> Source {
        Source { user, find, broken: AtomicBool::new(false), missing: Mutex::default() }
    }

    pub fn forget(&self) {
        self.broken.store(false, Ordering::Relaxed);
        self.missing.lock().unwrap().clear();
    }

    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Which look-up an error about an undefined value speaks of. The engine names the expression
    /// (`var.value.x`) when it knows it; a function's result has no name, so it is the last miss. A
    /// member of a result, `(...).x`, may be one of the None that xcom_pull gave.
    pub fn missing_behind(&self, message: &str) -> Option<(Kind, String)> {
        let missing = self.missing.lock().unwrap();
        let Some(expression) = message.split('`').nth(1) else {
            return missing.last().cloned();
        };
        if expression.starts_with("(...)") {
            return missing.last().filter(|(missed, _)| *missed == Kind::Xcom).cloned();
        }
        let kind = match expression.split(['.', '[', '(']).next() {
            Some("var") => Kind::Variable,
            Some("conn") => Kind::Connection,
            Some("ti" | "task_instance") => Kind::Xcom,
            Some("staged") => Kind::Staged,
            _ => return None,
        };
        missing.iter().rev().find(|(missed, _)| *missed == kind).cloned()
    }

    fn look_up(&self, kind: Kind, name: &str, key: &str) -> Result<Option<String>, Error> {
        self.look_up_instance(kind, name, key, ANY_INDEX)
    }

    fn look_up_instance(
        &self,
        kind: Kind,
        name: &str,
        key: &str,
        map_index: i32,
    ) -> Result<Option<String>, Error> {
        let mut answer = String::new();
        let out = std::ptr::from_mut(&mut answer).cast::<c_void>();
        let (asked, of_key) = (Text::borrowed(name), Text::borrowed(key));
        match (self.find)(self.user, kind as i32, asked, of_key, map_index, out) {
            1 => Ok(Some(answer)),
            0 => {
                let shown = if key.is_empty() { name.to_string() } else { format!("{name}:{key}") };
                self.missing.lock().unwrap().push((kind, shown));
                Ok(None)
            }
            _ => {
                self.broken.store(true, Ordering::Relaxed);
                Err(failure("the look-up failed"))
            }
        }
    }

    fn json(&self, kind: Kind, name: &str, key: &str) -> Result<Option<Value>, Error> {
        Source::parse(kind, name, self.look_up(kind, name, key)?)
    }

    fn parse(kind: Kind, name: &str, text: Option<String>) -> Result<Option<Value>, Error> {
        let Some(text) = text else {
            return Ok(None);
        };
        match serde_json::from_str(&text) {
            Ok(json) => Ok(Some(context::plain(&json))),
            // The parser's own message may quote the value.
            Err(_) if kind == Kind::Variable => {
                Err(failure(format!("the variable '{name}' is not JSON")))
            }
            Err(_) => Err(failure(format!("'{name}' is not JSON"))),
        }
    }
}

/// A failed look-up as a value: using it raises the error.
fn settle(found: Result<Option<Value>, Error>) -> Option<Value> {
    match found {
        Ok(value) => value,
        Err(error) => Some(Value::from(error)),
    }
}

/// An object whose attributes are looked up by name: `var.value`, `var.json`, `conn`.
#[derive(Debug)]
struct Names {
    source: Arc<Source>,
    kind: Kind,
    as_json: bool,
}

impl Names {
    fn find(&self, name: &str) -> Result<Option<Value>, Error> {
        if self.as_json {
            return self.source.json(self.kind, name, "");
        }
        Ok(self.source.look_up(self.kind, name, "")?.map(Value::from))
    }
}

impl Object for Names {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        settle(self.find(key.as_str()?))
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        if method != "get" {
            return Err(Error::from(ErrorKind::UnknownMethod));
        }
        let (name, default, kwargs): (String, Option<Value>, Kwargs) = from_args(args)?;
        let default = match default {
            Some(value) => Some(value),
            None => {
                kwargs.get::<Option<Value>>("default_var").or_else(|_| kwargs.get("default"))?
            }
        };
        kwargs.assert_all_used()?;
        Ok(self.find(&name)?.or(default).unwrap_or(Value::UNDEFINED))
    }
}

/// `ti`: the attributes of the context's own, and `xcom_pull`.
#[derive(Debug)]
struct TaskInstance {
    source: Arc<Source>,
    attributes: Value,
}

impl TaskInstance {
    fn pull(&self, args: &[Value]) -> Result<Value, Error> {
        let (args, kwargs): (&[Value], Kwargs) = from_args(args)?;
        if args.len() > 1 {
            return Err(failure("xcom_pull takes the key by name: xcom_pull('task', key='…')"));
        }
        let tasks = match args.first() {
            Some(tasks) => Some(tasks.clone()),
            None => kwargs.get::<Option<Value>>("task_ids")?,
        };
        let key = kwargs.get::<Option<String>>("key")?.unwrap_or_else(|| "return_value".into());
        // As in Airflow: None stands for what nobody has pushed.
        let none = kwargs.get::<Option<Value>>("default")?.unwrap_or_else(|| Value::from(()));
        let indexes = kwargs.get::<Option<Value>>("map_indexes")?.filter(|index| !index.is_none());
        kwargs.assert_all_used()?;
        let Some(tasks) = tasks.filter(|tasks| !tasks.is_none()) else {
            return Err(failure("xcom_pull needs the task: xcom_pull('task')"));
        };
        let indexes = indexes.unwrap_or_else(|| Value::from(ANY_INDEX));
        let is_list = |value: &Value| value.kind() == ValueKind::Seq;
        if !is_list(&tasks) && !is_list(&indexes) {
            return self.pull_one(&tasks, &key, &indexes, none);
        }
        let all = |value: &Value| -> Result<Vec<Value>, Error> {
            Ok(if is_list(value) { value.try_iter()?.collect() } else { vec![value.clone()] })
        };
        let mut values = Vec::new();
        for task in all(&tasks)? {
            for index in all(&indexes)? {
                values.push(self.pull_one(&task, &key, &index, none.clone())?);
            }
        }
        Ok(Value::from(values))
    }

    fn pull_one(
        &self,
        task: &Value,
        key: &str,
        index: &Value,
        none: Value,
    ) -> Result<Value, Error> {
        let Some(task) = task.as_str() else {
            return Err(failure("xcom_pull takes a task_id or a list of them"));
        };
        let Ok(index) = i32::try_from(index.clone()) else {
            return Err(failure("map_indexes takes a map index or a list of them"));
        };
        let found = self.source.look_up_instance(Kind::Xcom, task, key, index)?;
        Ok(Source::parse(Kind::Xcom, task, found)?.unwrap_or(none))
    }
}

impl Object for TaskInstance {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attributes.get_item(key).ok().filter(|value| !value.is_undefined())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "xcom_pull" => self.pull(args),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

pub fn var(source: &Arc<Source>) -> Value {
    let names = |as_json| {
        Value::from_object(Names { source: source.clone(), kind: Kind::Variable, as_json })
    };
    Value::from_pairs([("value", names(false)), ("json", names(true))])
}

pub fn conn(source: &Arc<Source>) -> Value {
    Value::from_object(Names { source: source.clone(), kind: Kind::Connection, as_json: true })
}

pub fn task_instance(source: &Arc<Source>, attributes: Value) -> Value {
    Value::from_object(TaskInstance { source: source.clone(), attributes })
}

pub fn staged(source: &Arc<Source>) -> Value {
    let source = source.clone();
    Value::from_function(move |reference: String| -> Result<Value, Error> {
        let name = source.look_up(Kind::Staged, &reference, "")?;
        Ok(name.map_or(Value::UNDEFINED, Value::from))
    })
}
