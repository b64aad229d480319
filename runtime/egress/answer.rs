//! The body of an answer: no more of it than is permitted, and of one that nobody wants not for long.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};

use super::{Fault, errors};

/// How long a body is read that nobody wants.
const DROPPED_MAX: Duration = Duration::from_secs(1);

/// What is done with a body.
#[derive(Clone, Copy)]
pub(super) enum Rest {
    Whole,
    Dropped,
}

/// Read it to its end.
pub(super) async fn whole(mut rest: Incoming, bytes_max: usize) -> Result<Bytes, Fault> {
    if rest.size_hint().exact().is_some_and(|length| length > bytes_max as u64) {
        return Err(Fault::TooLarge(bytes_max));
    }
    let mut body = BytesMut::new();
    while let Some(frame) = rest.frame().await {
        let frame = frame.map_err(|error| Fault::Protocol(errors::root(&error)))?;
        let Ok(chunk) = frame.into_data() else { continue };
        if body.len() + chunk.len() > bytes_max {
            return Err(Fault::TooLarge(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Read it, so that the connection can be used again, and throw it away.
pub(super) async fn drop(rest: Incoming, bytes_max: usize) {
    let _ = tokio::time::timeout(DROPPED_MAX, whole(rest, bytes_max)).await;
}
