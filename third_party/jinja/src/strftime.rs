//! Python's strftime and strptime, in the C locale.

use minijinja::Error;

use crate::dates::{date_of, days_of, month_days, DateTime, DAY};
use crate::failure;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// ISO 8601's year and week of a day.
fn iso_week(days: i64) -> (i64, i64) {
    let thursday = days - (days + 3).rem_euclid(7) + 3;
    let year = date_of(thursday).0;
    (year, (thursday - days_of(year, 1, 1)) / 7 + 1)
}

fn offset(at: &DateTime, colon: &str) -> String {
    let Some(east) = at.east_seconds else {
        return String::new();
    };
    let sign = if east < 0 { '-' } else { '+' };
    format!("{sign}{:02}{colon}{:02}", east.abs() / 3600, east.abs() / 60 % 60)
}

pub fn format(at: &DateTime, pattern: &str) -> Result<String, Error> {
    let mut out = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('-') => {
                let directive = rest.next().unwrap_or('%');
                let text = field(at, directive).ok_or_else(|| unknown(directive))?;
                let trimmed = text.trim_start_matches('0');
                out.push_str(if trimmed.is_empty() { "0" } else { trimmed });
            }
            Some(':') if rest.clone().next() == Some('z') => {
                rest.next();
                out.push_str(&offset(at, ":"));
            }
            Some(directive) => {
                out.push_str(&field(at, directive).ok_or_else(|| unknown(directive))?);
            }
            None => out.push('%'),
        }
    }
    Ok(out)
}

fn unknown(directive: char) -> Error {
    failure(format!("unknown date directive '%{directive}'"))
}

fn field(at: &DateTime, directive: char) -> Option<String> {
    let (year, month, day) = date_of(at.days());
    let (hour, minute, second, micros) = at.clock();
    let weekday = (at.days() + 4).rem_euclid(7);
    let of_year = at.days() - days_of(year, 1, 1);
    let half = if hour % 12 == 0 { 12 } else { hour % 12 };
    let weekday_name = WEEKDAYS[weekday as usize];
    let month_name = MONTHS[(month - 1) as usize];
    Some(match directive {
        'Y' => format!("{year:04}"),
        'm' => format!("{month:02}"),
        'd' => format!("{day:02}"),
        'H' => format!("{hour:02}"),
        'M' => format!("{minute:02}"),
        'S' => format!("{second:02}"),
        'f' => format!("{micros:06}"),
        'y' => format!("{:02}", year.rem_euclid(100)),
        'j' => format!("{:03}", of_year + 1),
        'e' => format!("{day:2}"),
        'I' => format!("{half:02}"),
        'p' => if hour < 12 { "AM" } else { "PM" }.into(),
        'a' => weekday_name[..3].into(),
        'A' => weekday_name.into(),
        'b' | 'h' => month_name[..3].into(),
        'B' => month_name.into(),
        'w' => weekday.to_string(),
        'u' => if weekday == 0 { 7 } else { weekday }.to_string(),
        'U' => format!("{:02}", (of_year + 7 - weekday) / 7),
        'W' => format!("{:02}", (of_year + 7 - (weekday + 6) % 7) / 7),
        'G' => format!("{:04}", iso_week(at.days()).0),
        'V' => format!("{:02}", iso_week(at.days()).1),
        'F' => format!("{year:04}-{month:02}-{day:02}"),
        'T' | 'X' => format!("{hour:02}:{minute:02}:{second:02}"),
        'R' => format!("{hour:02}:{minute:02}"),
        'D' | 'x' => format!("{month:02}/{day:02}/{:02}", year.rem_euclid(100)),
        's' => {
            let seconds = at.wall.div_euclid(1_000_000) - at.east_seconds.unwrap_or(0);
            seconds.to_string()
        }
        'z' => offset(at, ""),
        'Z' => match at.east_seconds {
            Some(0) => "UTC".into(),
            Some(_) => format!("UTC{}", offset(at, ":")),
            None => String::new(),
        },
        '%' => "%".into(),
        _ => return None,
    })
}

/// What a strptime pattern has read so far.
struct Fields {
    year: i64,
    month: i64,
    day: i64,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    afternoon: Option<bool>,
    east_seconds: Option<i64>,
}

/// `None` where the text does not match, or names a day or time that does not exist.
pub fn parse(text: &str, pattern: &str) -> Option<DateTime> {
    let mut fields = Fields {
        year: 1900,
        month: 1,
        day: 1,
        day_of_year: None,
        hour: 0,
        minute: 0,
        second: 0,
        micros: 0,
        afternoon: None,
        east_seconds: None,
    };
    let mut rest = text;
    let mut wanted = pattern.chars();
    while let Some(c) = wanted.next() {
        if c == '%' {
            read_field(&mut rest, wanted.next()?, &mut fields)?;
        } else {
            rest = rest.strip_prefix(c)?;
        }
    }
    if rest.is_empty() {
        assemble(&fields)
    } else {
        None
    }
}

fn assemble(fields: &Fields) -> Option<DateTime> {
    let hour = match fields.afternoon {
        Some(_) if fields.hour > 12 || fields.hour == 0 => return None,
        Some(afternoon) => fields.hour % 12 + if afternoon { 12 } else { 0 },
        None => fields.hour,
    };
    if fields.year < 1 || fields.day > month_days(fields.year, fields.month) {
        return None;
    }
    let days = match fields.day_of_year {
        Some(day) => days_of(fields.year, 1, 1) + day - 1,
        None => days_of(fields.year, fields.month, fields.day),
    };
    let seconds = hour * 3600 + fields.minute * 60 + fields.second;
    let wall = days * DAY + seconds * 1_000_000 + fields.micros;
    Some(DateTime { wall, east_seconds: fields.east_seconds })
}

fn read_field(rest: &mut &str, directive: char, fields: &mut Fields) -> Option<()> {
    match directive {
        'Y' => fields.year = number(rest, 4, 4, 0..=9999)?,
        'm' => fields.month = number(rest, 1, 2, 1..=12)?,
        'd' => fields.day = number(rest, 1, 2, 1..=31)?,
        'H' => fields.hour = number(rest, 1, 2, 0..=23)?,
        'I' => fields.hour = number(rest, 1, 2, 1..=12)?,
        'M' => fields.minute = number(rest, 1, 2, 0..=59)?,
        'S' => fields.second = number(rest, 1, 2, 0..=59)?,
        'j' => fields.day_of_year = Some(number(rest, 1, 3, 1..=366)?),
        'y' => {
            let year = number(rest, 2, 2, 0..=99)?;
            fields.year = if year < 69 { 2000 + year } else { 1900 + year };
        }
        'f' => {
            let digits = rest.len();
            let value = number(rest, 1, 6, 0..=999_999)?;
            fields.micros = value * 10_i64.pow(6 - (digits - rest.len()) as u32);
        }
        'p' => fields.afternoon = Some(word(rest, &["AM", "PM"], false)? == 1),
        'B' => fields.month = word(rest, &MONTHS, false)? + 1,
        'b' | 'h' => fields.month = word(rest, &MONTHS, true)? + 1,
        'A' => {
            word(rest, &WEEKDAYS, false)?;
        }
        'a' => {
            word(rest, &WEEKDAYS, true)?;
        }
        'z' => fields.east_seconds = Some(read_offset(rest)?),
        '%' => *rest = rest.strip_prefix('%')?,
        _ => return None,
    }
    Some(())
}

fn number(
    rest: &mut &str,
    least: usize,
    most: usize,
    range: std::ops::RangeInclusive<i64>,
) -> Option<i64> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least {
        return None;
    }
    let value: i64 = rest[..digits].parse().ok()?;
    *rest = &rest[digits..];
    range.contains(&value).then_some(value)
}

fn word(rest: &mut &str, words: &[&str], short: bool) -> Option<i64> {
    for (index, word) in words.iter().enumerate() {
        let word = if short { &word[..3] } else { word };
        if rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)) {
            *rest = &rest[word.len()..];
            return Some(index as i64);
        }
    }
    None
}

fn read_offset(rest: &mut &str) -> Option<i64> {
    if let Some(after) = rest.strip_prefix('Z') {
        *rest = after;
        return Some(0);
    }
    let sign = if rest.starts_with('-') { -1 } else { 1 };
    let mut digits = rest.strip_prefix(['+', '-'])?;
    let hours = number(&mut digits, 2, 2, 0..=23)?;
    digits = digits.strip_prefix(':').unwrap_or(digits);
    let minutes = number(&mut digits, 2, 2, 0..=59)?;
    *rest = digits;
    Some(sign * (hours * 3600 + minutes * 60))
}
