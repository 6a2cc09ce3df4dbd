//! Values as Python prints them: `True`, `None`, `['a', 1]`.

use std::fmt::Write;

use minijinja::value::{Value, ValueKind};
use minijinja::{escape_formatter, Error, Output, State};

/// What `{{ value }}` writes.
pub fn format(out: &mut Output, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Bool | ValueKind::None => Ok(out.write_str(&repr(value)?)?),
        ValueKind::Seq | ValueKind::Map => Ok(out.write_str(&repr(value)?)?),
        _ => escape_formatter(out, state, value),
    }
}

fn repr(value: &Value) -> Result<String, Error> {
    Ok(match value.kind() {
        ValueKind::None | ValueKind::Undefined => "None".into(),
        ValueKind::Bool => if value.is_true() { "True" } else { "False" }.into(),
        ValueKind::String => quote(value.as_str().unwrap_or_default()),
        ValueKind::Seq => {
            let items: Result<Vec<String>, Error> =
                value.try_iter()?.map(|item| repr(&item)).collect();
            format!("[{}]", items?.join(", "))
        }
        ValueKind::Map => {
            let pairs: Result<Vec<String>, Error> = value
                .try_iter()?
                .map(|key| Ok(format!("{}: {}", repr(&key)?, repr(&value.get_item(&key)?)?)))
                .collect();
            format!("{{{}}}", pairs?.join(", "))
        }
        _ => value.to_string(),
    })
}

fn quote(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c == quote => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if c.is_control() => {
                let _ = write!(quoted, "\\x{:02x}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted.push(quote);
    quoted
}
