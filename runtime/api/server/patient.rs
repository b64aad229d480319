//! A stream whose other side may not be silent for ever.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// As many bytes as tell HTTP/2 from HTTP/1 (RFC 9113 §3.4); until they are there, nobody else keeps the time.
const PREFACE: usize = 24;

/// A connection on which nothing moves for so long is dead or idle. Longer than any request takes.
const SILENCE: Duration = Duration::from_secs(300);

/// Ends with an error when the first bytes don't come in time, or when nothing moves any more.
pub(super) struct Patient<S> {
    stream: S,
    came: usize,
    moved: Instant,
    silence: Duration,
    alarm: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    /// Over this stream, whose first bytes have to come within `first`.
    pub(super) fn new(stream: S, first: Duration) -> Self {
        Self::with(stream, first, SILENCE)
    }

    fn with(stream: S, first: Duration, silence: Duration) -> Self {
        Self { stream, came: 0, moved: Instant::now(), silence, alarm: Box::pin(tokio::time::sleep(first)) }
    }

    /// Whether patience is at its end. The alarm is set anew only when it rings: moving a timer at each byte costs more.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        while self.alarm.as_mut().poll(context).is_ready() {
            let until = self.moved + self.silence;
            if self.came < PREFACE || until <= Instant::now() {
                return true;
            }
            self.alarm.as_mut().reset(until);
        }
        false
    }

    fn weigh<T>(&mut self, context: &mut Context<'_>, poll: Poll<Result<T>>) -> Poll<Result<T>> {
        match poll {
            Poll::Pending if self.is_over(context) => {
                Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the other side was silent for too long")))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(done) => {
                self.moved = Instant::now();
                Poll::Ready(done)
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.came = self.came.saturating_add(buffer.filled().len() - before);
        self.weigh(context, poll)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.weigh(context, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.weigh(context, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(context);
        self.weigh(context, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(context);
        self.weigh(context, poll)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const FIRST: Duration = Duration::from_millis(100);
    const SILENT: Duration = Duration::from_millis(300);

    #[tokio::test]
    async fn who_says_nothing_or_a_byte_now_and_then_is_left() {
        let (mut client, server) = tokio::io::duplex(64);
        let (begun, mut server) = (Instant::now(), Patient::with(server, FIRST, Duration::MAX / 4));
        let slow = async {
            for _ in 0..PREFACE - 1 {
                client.write_all(b"G").await.unwrap();
                tokio::time::sleep(FIRST / 10).await;
            }
            std::future::pending::<()>().await;
        };
        let mut preface = [0; PREFACE];
        let ended = tokio::select! {
            ended = server.read_exact(&mut preface) => ended.unwrap_err().kind(),
            () = slow => unreachable!("it never ends"),
        };
        assert!(ended == ErrorKind::TimedOut && begun.elapsed() >= FIRST, "{ended:?}");
    }

    #[tokio::test]
    async fn a_silence_ends_a_connection_and_whatever_moves_keeps_it() {
        let (mut client, server) = tokio::io::duplex(64);
        let (begun, mut server) = (Instant::now(), Patient::with(server, FIRST, SILENT));
        client.write_all(&[b'x'; PREFACE]).await.unwrap();
        server.read_exact(&mut [0; PREFACE]).await.unwrap();
        // Bytes in the other direction count as well: a long answer is no silence.
        while begun.elapsed() < SILENT * 2 {
            server.write_all(b"y").await.unwrap();
            client.read_u8().await.unwrap();
            let quiet = tokio::time::timeout(SILENT / 10, server.read_u8()).await;
            assert!(quiet.is_err(), "{quiet:?}");
        }
        let last = Instant::now();
        assert_eq!(server.read_u8().await.unwrap_err().kind(), ErrorKind::TimedOut);
        assert!(last.elapsed() >= SILENT / 2);
    }
}
