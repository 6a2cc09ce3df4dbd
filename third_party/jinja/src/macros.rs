//! Airflow's `macros` and its filters.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use minijinja::value::{from_args, Object, ObjectRepr, Value};
use minijinja::{Environment, Error, ErrorKind, State};

use crate::dates::{text_argument, DateTime, DAY};
use crate::failure;
use crate::strftime;
use crate::timedelta::timedelta;

/// `macros.datetime`: the class, so to say.
#[derive(Debug)]
struct DateTimeClass;

fn now(east_seconds: Option<i64>) -> Result<Value, Error> {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let wall = i64::try_from(elapsed.as_micros()).ok();
    Ok(Value::from_object(DateTime::checked(wall, east_seconds)?))
}

impl Object for DateTimeClass {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let parts: Vec<i64> =
            args.iter().map(|part| i64::try_from(part.clone())).collect::<Result<_, _>>()?;
        if !(3..=6).contains(&parts.len()) {
            return Err(failure("datetime takes year, month, day and then hour, minute, second"));
        }
        let part = |index: usize| parts.get(index).copied().unwrap_or(0);
        let text = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            part(0),
            part(1),
            part(2),
            part(3),
            part(4),
            part(5)
        );
        let made =
            DateTime::parse(&text).ok_or_else(|| failure("there is no such date or time"))?;
        Ok(Value::from_object(made))
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "now" => now(None),
            "utcnow" => now(Some(0)),
            "strptime" => {
                let (text, format): (String, String) = from_args(args)?;
                Ok(Value::from_object(parse_with(&text, &format)?))
            }
            "fromisoformat" => Ok(Value::from_object(moment(&Value::from(text_argument(args)?))?)),
            "fromtimestamp" => {
                let (seconds,): (f64,) = from_args(args)?;
                let wall = (seconds * 1e6).round();
                let wall = (wall.abs() < 1e18).then_some(wall as i64);
                Ok(Value::from_object(DateTime::checked(wall, Some(0))?))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// A number that nobody foresees: the standard library seeds its hashers so.
fn random_bits() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Python's random.random().
fn random() -> f64 {
    (random_bits() >> 11) as f64 / (1u64 << 53) as f64
}

/// `macros.time` and `macros.uuid`: of Python's modules what templates use.
#[derive(Debug)]
enum Module {
    Time,
    Uuid,
}

fn uuid4() -> String {
    let bits = (u128::from(random_bits()) << 64) | u128::from(random_bits());
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

impl Object for Module {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        from_args::<()>(args)?;
        match (&**self, method) {
            (Module::Time, "time") => {
                let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Ok(Value::from(elapsed.as_secs_f64()))
            }
            (Module::Uuid, "uuid4") => Ok(Value::from(uuid4())),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

fn parse_with(text: &str, format: &str) -> Result<DateTime, Error> {
    strftime::parse(text, format)
        .ok_or_else(|| failure(format!("the text does not match the date format '{format}'")))
}

fn moment(value: &Value) -> Result<DateTime, Error> {
    if let Some(at) = value.downcast_object_ref::<DateTime>() {
        return Ok(*at);
    }
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    value
        .as_str()
        .and_then(DateTime::parse)
        .ok_or_else(|| failure("this is not a date: write 2024-01-31 or 2024-01-31T07:00:00+00:00"))
}

fn ds_add(ds: String, days: i64) -> Result<String, Error> {
    let at = parse_with(&ds, "%Y-%m-%d")?;
    let wall = days.checked_mul(DAY).and_then(|step| at.wall.checked_add(step));
    strftime::format(&DateTime::checked(wall, None)?, "%Y-%m-%d")
}

fn ds_format(ds: String, input: String, output: String) -> Result<String, Error> {
    strftime::format(&parse_with(&ds, &input)?, &output)
}

pub fn macros() -> Value {
    Value::from_pairs([
        ("ds_add", Value::from_function(ds_add)),
        ("ds_format", Value::from_function(ds_format)),
        ("datetime", Value::from_object(DateTimeClass)),
        ("random", Value::from_function(random)),
        ("time", Value::from_object(Module::Time)),
        ("timedelta", Value::from_function(timedelta)),
        ("uuid", Value::from_object(Module::Uuid)),
    ])
}

/// Airflow's filters, for moments and for their texts.
pub fn add_filters(environment: &mut Environment<'static>) {
    let formatted = |format: &'static str| {
        move |value: Value| -> Result<String, Error> { strftime::format(&moment(&value)?, format) }
    };
    environment.add_filter("ds", formatted("%Y-%m-%d"));
    environment.add_filter("ds_nodash", formatted("%Y%m%d"));
    environment.add_filter("ts_nodash", formatted("%Y%m%dT%H%M%S"));
    environment.add_filter("ts", |value: Value| Ok::<_, Error>(moment(&value)?.isoformat()));
    environment.add_filter("ts_nodash_with_tz", |value: Value| {
        Ok::<_, Error>(moment(&value)?.isoformat().replace(['-', ':'], ""))
    });
}
