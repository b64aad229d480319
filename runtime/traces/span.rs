//! A step that is under way.

use opentelemetry::Context;
use opentelemetry::trace::{Status, TraceContextExt as _};

use super::{Said, Within, w3c, within};

/// A step that is under way; it ends when this is dropped, whoever still runs in its context. Nothing where there are no
/// traces.
#[must_use = "a span ends when it is dropped"]
#[derive(Default)]
pub struct Span(Option<Context>);

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(context) = &self.0 {
            context.span().end();
        }
    }
}

impl Span {
    pub(super) fn of(context: Context) -> Self {
        Self(Some(context))
    }

    /// Work that is this step, or a part of it.
    pub fn run<F: Future>(&self, work: F) -> Within<F> {
        within(self.0.clone(), work)
    }

    /// Say something of it.
    pub fn say(&self, said: Said<'_>) {
        self.recorded(|context| context.span().set_attribute(said.attribute()));
    }

    /// It did not do what it was for.
    pub fn failed(&self) {
        self.recorded(|context| context.span().set_status(Status::error("")));
    }

    /// It follows from what was under way when this was kept, and is no part of it.
    pub fn follows(&self, kept: Option<&str>) {
        let Some(cause) = kept else { return };
        self.recorded(|context| {
            if let Some(cause) = w3c::read_parent(cause) {
                context.span().add_link(cause, Vec::new());
            }
        });
    }

    fn recorded(&self, note: impl FnOnce(&Context)) {
        if let Some(context) = self.0.as_ref().filter(|context| context.span().is_recording()) {
            note(context);
        }
    }
}
