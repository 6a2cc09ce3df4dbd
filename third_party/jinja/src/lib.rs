//! The C interface of `reel_jinja.h`; see there for its contract.

mod context;
mod dates;
mod lookups;
mod macros;
mod python;
mod strftime;
mod timedelta;

use std::ffi::c_void;
use std::sync::Arc;

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use lookups::{Find, Source};

/// Enough for any honest template; ends one that would run for ever.
const FUEL: u64 = 10_000_000;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    data: *const u8,
    size: usize,
}

impl Text {
    const EMPTY: Text = Text { data: std::ptr::null(), size: 0 };

    pub(crate) fn borrowed(text: &str) -> Text {
        Text { data: text.as_ptr(), size: text.len() }
    }

    fn owned(text: String) -> Text {
        let bytes = Box::leak(text.into_bytes().into_boxed_slice());
        Text { data: bytes.as_ptr(), size: bytes.len() }
    }

    /// Bytes that are no UTF-8 are replaced: a template must not end the process.
    unsafe fn read(self) -> String {
        if self.size == 0 {
            return String::new();
        }
        String::from_utf8_lossy(std::slice::from_raw_parts(self.data, self.size)).into_owned()
    }

    unsafe fn release(self) {
        if self.size != 0 {
            let bytes = std::ptr::slice_from_raw_parts_mut(self.data.cast_mut(), self.size);
            drop(Box::from_raw(bytes));
        }
    }
}

#[repr(i32)]
#[derive(Clone, Copy, PartialEq)]
enum Status {
    Done = 0,
    SyntaxError = 1,
    Undefined = 2,
    LookupFailed = 3,
    Failed = 4,
}

#[repr(C)]
pub struct Outcome {
    status: i32,
    line: u32,
    missing_kind: i32,
    text: Text,
    missing_name: Text,
}

impl Outcome {
    fn new(status: Status, line: usize, text: String) -> Outcome {
        Outcome {
            status: status as i32,
            line: line as u32,
            missing_kind: 0,
            text: Text::owned(text),
            missing_name: Text::EMPTY,
        }
    }

    fn of_error(error: &Error, source: &Source) -> Outcome {
        let line = error.line().unwrap_or(0);
        let message = match error.detail() {
            Some(detail) if error.kind() == ErrorKind::UndefinedError => detail.to_string(),
            Some(detail) => format!("{}: {}", error.kind(), detail),
            None => error.kind().to_string(),
        };
        if source.is_broken() {
            return Outcome::new(Status::LookupFailed, line, message);
        }
        if error.kind() == ErrorKind::SyntaxError {
            return Outcome::new(Status::SyntaxError, line, message);
        }
        let names_undefined = message.contains("` is undefined");
        if error.kind() != ErrorKind::UndefinedError && !names_undefined {
            return Outcome::new(Status::Failed, line, message);
        }
        let mut outcome = Outcome::new(Status::Undefined, line, message.clone());
        if let Some((kind, name)) = source.missing_behind(&message) {
            outcome.missing_kind = kind as i32;
            outcome.missing_name = Text::owned(name);
        }
        outcome
    }
}

pub struct Session {
    environment: Environment<'static>,
    context: Value,
    source: Arc<Source>,
}

fn make_environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_debug(true); // errors name the undefined expression
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.set_formatter(python::format);
    macros::add_filters(&mut environment);
    environment
}

/// # Safety
/// `answer` is what `find` was called with, `text` is readable.
#[no_mangle]
pub unsafe extern "C" fn reel_jinja_answer(answer: *mut c_void, text: Text) {
    *answer.cast::<String>() = text.read();
}

/// # Safety
/// `context` is readable; `user` and `find` live as long as the session.
#[no_mangle]
pub unsafe extern "C" fn reel_jinja_open(
    context: Text,
    user: *mut c_void,
    find: Find,
) -> *mut Session {
    let source = Arc::new(Source::new(user, find));
    let Some(context) = context::parse(&context.read(), &source) else {
        return std::ptr::null_mut();
    };
    Box::into_raw(Box::new(Session { environment: make_environment(), context, source }))
}

/// # Safety
/// `session` comes from `reel_jinja_open` and is used no more.
#[no_mangle]
pub unsafe extern "C" fn reel_jinja_close(session: *mut Session) {
    drop(Box::from_raw(session));
}

/// # Safety
/// `session` is open, the texts are readable.
#[no_mangle]
pub unsafe extern "C" fn reel_jinja_render(
    session: *mut Session,
    name: Text,
    source: Text,
) -> Outcome {
    let session = &*session;
    session.source.forget();
    let rendered =
        session.environment.render_named_str(&name.read(), &source.read(), session.context.clone());
    match rendered {
        Ok(text) => Outcome::new(Status::Done, 0, text),
        Err(error) => Outcome::of_error(&error, &session.source),
    }
}

/// # Safety
/// `session` is open, `expression` is readable.
#[no_mangle]
pub unsafe extern "C" fn reel_jinja_evaluate(session: *mut Session, expression: Text) -> Outcome {
    let session = &*session;
    session.source.forget();
    let text = expression.read();
    let value = session
        .environment
        .compile_expression(&text)
        .and_then(|compiled| compiled.eval(session.context.clone()));
    match value {
        Ok(value) if value.is_undefined() => {
            let error =
                Error::new(ErrorKind::UndefinedError, format!("`{}` is undefined", text.trim()));
            Outcome::of_error(&error, &session.source)
        }
        Ok(value) => match serde_json::to_string(&value) {
            Ok(json) => Outcome::new(Status::Done, 0, json),
            Err(error) => Outcome::new(Status::Failed, 0, error.to_string()),
        },
        Err(error) => Outcome::of_error(&error, &session.source),
    }
}

/// # Safety
/// `source` is readable.
#[no_mangle]
pub unsafe extern "C" fn reel_jinja_check(source: Text) -> Outcome {
    let text = source.read();
    let environment = make_environment();
    let checked = environment.template_from_str(&text);
    match checked {
        Ok(_) => Outcome::new(Status::Done, 0, String::new()),
        Err(error) => {
            let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_string);
            Outcome::new(Status::SyntaxError, error.line().unwrap_or(1), message)
        }
    }
}

/// # Safety
/// `outcome` was returned by a function of this library and was not released before.
#[no_mangle]
pub unsafe extern "C" fn reel_jinja_release(outcome: Outcome) {
    outcome.text.release();
    outcome.missing_name.release();
}

pub(crate) fn failure(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}
