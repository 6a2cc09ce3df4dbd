//! Moments: enough of Python's datetime and pendulum for templates.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{from_args, DynObject, Kwargs, Object, ObjectRepr, Value};
use minijinja::{Error, ErrorKind, State};

use crate::failure;
use crate::strftime;
use crate::timedelta::TimeDelta;

pub const DAY: i64 = 86_400_000_000;
/// Python's datetime ends with the year 9999.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// What a wall shows, in microseconds since 1970, and where known how far east of UTC it hangs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DateTime {
    pub wall: i64,
    pub east_seconds: Option<i64>,
}

/// Days since 1970 of a date of the Gregorian calendar, and back (Howard Hinnant's algorithms).
pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

pub fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

pub fn month_days(year: i64, month: i64) -> i64 {
    let next = if month == 12 { days_of(year + 1, 1, 1) } else { days_of(year, month + 1, 1) };
    next - days_of(year, month, 1)
}

impl DateTime {
    /// Python's isoformat: "2024-01-31T07:00:00+00:00"; a date alone is its midnight.
    pub fn parse(text: &str) -> Option<DateTime> {
        let text = text.trim();
        for format in [
            "%Y-%m-%dT%H:%M:%S.%f%z",
            "%Y-%m-%dT%H:%M:%S%z",
            "%Y-%m-%dT%H:%M:%S.%f",
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%dT%H:%M%z",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d",
        ] {
            let blank = format.replace('T', " ");
            let parsed = strftime::parse(text, format).or_else(|| strftime::parse(text, &blank));
            if parsed.is_some() {
                return parsed;
            }
        }
        None
    }

    pub fn clock(&self) -> (i64, i64, i64, i64) {
        let micros = self.wall.rem_euclid(DAY);
        let seconds = micros / 1_000_000;
        (seconds / 3600, seconds / 60 % 60, seconds % 60, micros % 1_000_000)
    }

    pub fn days(&self) -> i64 {
        self.wall.div_euclid(DAY)
    }

    pub fn isoformat(&self) -> String {
        let fraction = if self.clock().3 == 0 { "" } else { ".%f" };
        let format = format!("%Y-%m-%dT%H:%M:%S{fraction}%:z");
        strftime::format(self, &format).unwrap_or_default()
    }

    fn utc_micros(&self) -> i64 {
        self.wall - self.east_seconds.unwrap_or(0) * 1_000_000
    }

    fn attribute(&self, name: &str) -> Option<i64> {
        let (year, month, day) = date_of(self.days());
        let (hour, minute, second, microsecond) = self.clock();
        Some(match name {
            "year" => year,
            "month" => month,
            "day" => day,
            "hour" => hour,
            "minute" => minute,
            "second" => second,
            "microsecond" => microsecond,
            "day_of_year" => self.days() - days_of(year, 1, 1) + 1,
            "quarter" => (month - 1) / 3 + 1,
            "days_in_month" => month_days(year, month),
            _ => return None,
        })
    }

    pub fn checked(wall: Option<i64>, east_seconds: Option<i64>) -> Result<DateTime, Error> {
        match wall.filter(|wall| RANGE.contains(wall)) {
            Some(wall) => Ok(DateTime { wall, east_seconds }),
            None => Err(failure("the date leaves the years 1 to 9999")),
        }
    }

    fn moved_by(&self, delta: &TimeDelta, sign: i128) -> Result<DateTime, Error> {
        let wall = i64::try_from(i128::from(self.wall) + sign * delta.micros).ok();
        DateTime::checked(wall, self.east_seconds)
    }

    /// pendulum's add: months and years keep the day, or take the month's last.
    fn moved(&self, kwargs: &Kwargs, sign: i64) -> Result<DateTime, Error> {
        let units = [
            ("weeks", 7 * DAY),
            ("days", DAY),
            ("hours", 3_600_000_000),
            ("minutes", 60_000_000),
            ("seconds", 1_000_000),
            ("microseconds", 1),
        ];
        let number = |name: &str| Ok::<i64, Error>(kwargs.get::<Option<i64>>(name)?.unwrap_or(0));
        let months = number("years")?
            .checked_mul(12)
            .and_then(|months| months.checked_add(number("months").ok()?))
            .filter(|months| months.abs() < 12 * 10_000)
            .ok_or_else(|| failure("the date leaves the years 1 to 9999"))?;
        number("months")?;
        let (year, month, day) = date_of(self.days());
        let total = year * 12 + month - 1 + sign * months;
        let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
        let days = days_of(year, month, day.min(month_days(year, month)));
        let mut wall = days.checked_mul(DAY).map(|start| start + self.wall.rem_euclid(DAY));
        for (name, length) in units {
            let count = number(name)?;
            let step = count.checked_mul(length).and_then(|step| step.checked_mul(sign));
            wall = wall.zip(step).and_then(|(wall, step)| wall.checked_add(step));
        }
        kwargs.assert_all_used()?;
        DateTime::checked(wall, self.east_seconds)
    }
}

pub fn text_argument(args: &[Value]) -> Result<String, Error> {
    let (text,): (String,) = from_args(args)?;
    Ok(text)
}

impl Object for DateTime {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attribute(key.as_str()?).map(Value::from)
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let weekday = (self.days() + 3).rem_euclid(7);
        Ok(match method {
            "strftime" => Value::from(strftime::format(self, &text_argument(args)?)?),
            "isoformat" | "to_iso8601_string" => Value::from(self.isoformat()),
            "date" | "to_date_string" => Value::from(strftime::format(self, "%Y-%m-%d")?),
            "to_datetime_string" => Value::from(strftime::format(self, "%Y-%m-%d %H:%M:%S")?),
            "timestamp" => Value::from(self.utc_micros() as f64 / 1e6),
            "int_timestamp" => Value::from(self.utc_micros().div_euclid(1_000_000)),
            "weekday" => Value::from(weekday),
            "isoweekday" => Value::from(weekday + 1),
            "add" | "subtract" => {
                let sign: i8 = if method == "add" { 1 } else { -1 };
                let delta = args.first().and_then(|arg| arg.downcast_object_ref::<TimeDelta>());
                Value::from_object(match delta {
                    Some(delta) if args.len() == 1 => self.moved_by(delta, sign.into())?,
                    _ => self.moved(&from_args::<(Kwargs,)>(args)?.0, sign.into())?,
                })
            }
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        })
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<DateTime>()?;
        Some(self.utc_micros().cmp(&other.utc_micros()))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.isoformat())
    }
}
