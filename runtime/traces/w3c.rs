//! W3C Trace Context: what a caller says of its trace, read as strictly as the recommendation asks, since everybody may
//! write it; and what we say of ours. What can't be read is as if it were not there (§3.2.2.5, §3.3.1.5).

use std::str::FromStr as _;

use http::HeaderMap;
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

/// `traceparent`: version, trace, parent, flags.
const PARENT_BYTES: usize = 55;
/// What everybody has to pass on (§3.3.1.5). Of more, nothing is taken.
const STATE_BYTES_MAX: usize = 512;
const STATE_ENTRIES_MAX: usize = 32;

/// The trace that a request belongs to, if it says so.
pub(super) fn read(headers: &HeaderMap) -> Option<SpanContext> {
    let mut parents = headers.get_all("traceparent").iter();
    let (parent, None) = (parents.next()?, parents.next()) else { return None };
    let parent = read_parent(parent.to_str().ok()?)?;
    let state = state(headers).unwrap_or_default();
    Some(SpanContext::new(parent.trace_id(), parent.span_id(), parent.trace_flags(), true, state))
}

/// The same from `traceparent` alone.
pub(super) fn read_parent(text: &str) -> Option<SpanContext> {
    let (known, rest) = text.split_at_checked(PARENT_BYTES)?;
    let parts: Vec<&str> = known.split('-').collect();
    let [version, trace, parent, flags] = parts.as_slice() else { return None };
    let is_hex = |part: &&str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let lengths = [version.len(), trace.len(), parent.len(), flags.len()];
    if !parts.iter().all(is_hex) || lengths != [2, 32, 16, 2] {
        return None;
    }
    // A later version may say more, behind another stroke; this one may not, and `ff` is none.
    let is_known = match *version {
        "00" => rest.is_empty(),
        "ff" => false,
        _ => rest.is_empty() || rest.starts_with('-'),
    };
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let (trace, parent) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(parent).ok()?);
    let context = SpanContext::new(trace, parent, flags, true, TraceState::default());
    (is_known && context.is_valid()).then_some(context)
}

fn state(headers: &HeaderMap) -> Option<TraceState> {
    let mut all = String::new();
    for part in headers.get_all("tracestate") {
        let part = part.to_str().ok()?.trim();
        if all.len() + part.len() >= STATE_BYTES_MAX {
            return None;
        }
        let comma = if all.is_empty() || part.is_empty() { "" } else { "," };
        all = format!("{all}{comma}{part}");
    }
    let entries = all.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect::<Vec<_>>();
    if entries.len() > STATE_ENTRIES_MAX {
        return None;
    }
    TraceState::from_str(&entries.join(",")).ok()
}

/// A span as `traceparent`.
pub(super) fn written(context: &SpanContext) -> String {
    let flags = (context.trace_flags() & TraceFlags::SAMPLED).to_u8();
    format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn with(headers: &[(&'static str, &str)]) -> Option<SpanContext> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        read(&map)
    }

    #[test]
    fn what_is_written_is_what_was_read() {
        let read = read_parent(PARENT).unwrap();
        assert!(read.is_sampled() && read.is_remote());
        assert_eq!(written(&read), PARENT);
        let unsampled = PARENT.replace("-01", "-00");
        assert_eq!(written(&read_parent(&unsampled).unwrap()), unsampled);
        assert_eq!(written(&read_parent(&PARENT.replace("-01", "-ff")).unwrap()), PARENT, "other flags are not ours");
    }

    #[test]
    fn what_is_no_traceparent_is_ignored() {
        let (trace, span) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        for wrong in [
            "",
            "00",
            &format!("00-{trace}-{span}"),
            &format!("00-{trace}-{span}-01-more"),
            &format!("00-{trace}-{span}-1"),
            &format!("00-{trace}-{span}-0x"),
            &format!("ff-{trace}-{span}-01"),
            &format!("0-{trace}-{span}-011"),
            &format!("01-{trace}-{span}-01more"),
            &format!("+0-{trace}-{span}-01"),
            &PARENT.to_uppercase(),
            &format!("00-{}-{span}-01", "0".repeat(32)),
            &format!("00-{trace}-{}-01", "0".repeat(16)),
            &format!("00_{trace}_{span}_01"),
            &"ä".repeat(28),
        ] {
            assert!(read_parent(wrong).is_none(), "{wrong}");
        }
        assert!(read_parent(&format!("01-{trace}-{span}-01-what.comes")).is_some(), "a later version may say more");
        assert!(with(&[("traceparent", PARENT), ("traceparent", PARENT)]).is_none(), "which one is meant?");
    }

    #[test]
    fn a_tracestate_is_passed_on_if_it_is_one_and_not_too_long() {
        let state = |states: &[&str]| {
            let headers = states.iter().map(|state| ("tracestate", *state)).chain([("traceparent", PARENT)]);
            with(&headers.collect::<Vec<_>>()).unwrap().trace_state().header()
        };
        assert_eq!(state(&["a=1,b=2", "c=3"]), "a=1,b=2,c=3");
        assert_eq!(state(&["a=1, ,b=2,"]), "a=1,b=2");
        let many: Vec<String> = (0..40).map(|n| format!("k{n}=v")).collect();
        for hostile in ["no-member".to_owned(), format!("a={}", "x".repeat(600)), many.join(",")] {
            assert_eq!(state(&[&hostile]), "", "{hostile}");
        }
        assert!(with(&[("tracestate", "a=1")]).is_none(), "it says nothing by itself");
    }
}
