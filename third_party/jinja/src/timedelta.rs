//! Python's timedelta, as far as templates use it.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{from_args, DynObject, Kwargs, Object, ObjectRepr, Rest, Value};
use minijinja::{Error, ErrorKind, State};

use crate::dates::DAY;
use crate::failure;

const SECOND: i64 = 1_000_000;
/// Python's own bound.
const MOST_DAYS: i64 = 999_999_999;
/// In the order of Python's positional arguments.
const UNITS: [(&str, i64); 7] = [
    ("days", DAY),
    ("seconds", SECOND),
    ("microseconds", 1),
    ("milliseconds", 1_000),
    ("minutes", 60 * SECOND),
    ("hours", 3_600 * SECOND),
    ("weeks", 7 * DAY),
];

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeDelta {
    pub micros: i128,
}

/// `macros.timedelta(days=1)`.
pub fn timedelta(args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    if args.len() > UNITS.len() {
        return Err(failure(
            "timedelta takes days, seconds, microseconds, milliseconds, minutes, hours, weeks",
        ));
    }
    let mut micros: i128 = 0;
    for (index, (name, length)) in UNITS.into_iter().enumerate() {
        let named: Option<Value> = kwargs.get(name)?;
        if named.is_some() && args.get(index).is_some() {
            return Err(failure(format!("timedelta is given its {name} twice")));
        }
        if let Some(count) = named.as_ref().or(args.get(index)) {
            micros += micros_of(count, length)?;
        }
    }
    kwargs.assert_all_used()?;
    if micros.div_euclid(i128::from(DAY)).abs() > i128::from(MOST_DAYS) {
        return Err(failure("a timedelta has at most 999999999 days"));
    }
    Ok(Value::from_object(TimeDelta { micros }))
}

fn micros_of(count: &Value, length: i64) -> Result<i128, Error> {
    if let Ok(whole) = i64::try_from(count.clone()) {
        return Ok(i128::from(whole) * i128::from(length));
    }
    let part = f64::try_from(count.clone())? * length as f64;
    if part.abs() < 1e20 {
        Ok(part.round() as i128)
    } else {
        Err(failure("a timedelta has at most 999999999 days"))
    }
}

impl TimeDelta {
    /// As Python keeps it: days of either sign, the rest never negative.
    fn parts(&self) -> (i128, i128, i128) {
        let day = i128::from(DAY);
        let rest = self.micros.rem_euclid(day);
        let second = i128::from(SECOND);
        (self.micros.div_euclid(day), rest / second, rest % second)
    }
}

impl Object for TimeDelta {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let (days, seconds, microseconds) = self.parts();
        Some(Value::from(match key.as_str()? {
            "days" => days,
            "seconds" => seconds,
            "microseconds" => microseconds,
            _ => return None,
        }))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.micros != 0
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        if method != "total_seconds" {
            return Err(Error::from(ErrorKind::UnknownMethod));
        }
        from_args::<()>(args)?;
        Ok(Value::from(self.micros as f64 / 1e6))
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        Some(self.micros.cmp(&other.downcast_ref::<TimeDelta>()?.micros))
    }

    /// "-1 day, 1:00:00", "2 days, 0:00:00.500000".
    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds, microseconds) = self.parts();
        if days != 0 {
            write!(f, "{days} day{}, ", if days.abs() == 1 { "" } else { "s" })?;
        }
        write!(f, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if microseconds != 0 {
            write!(f, ".{microseconds:06}")?;
        }
        Ok(())
    }
}
