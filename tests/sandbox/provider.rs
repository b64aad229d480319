//! Providers that answer what no connector expects: endless, slow, huge, broken.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use countersign::egress::Names;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Ring, kind};
use crate::support::guests::{self, Pack};
use crate::support::provider::Answer;
use crate::support::service::{Service, number};

/// A server that writes what it is told into every connection: first `once`, then `again` without end.
#[derive(Clone)]
struct Raw(Arc<Mutex<Told>>);

#[derive(Clone, Default)]
struct Told {
    once: Vec<u8>,
    again: Vec<u8>,
    pause: Duration,
}

impl Raw {
    async fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let raw = Self(Arc::default());
        let told = raw.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let told = told.0.lock().unwrap().clone();
                tokio::spawn(answer(socket, told));
            }
        });
        (raw, url)
    }

    fn tell(&self, once: impl Into<Vec<u8>>, again: impl Into<Vec<u8>>, pause_ms: u64) {
        let pause = Duration::from_millis(pause_ms);
        *self.0.lock().unwrap() = Told { once: once.into(), again: again.into(), pause };
    }
}

async fn answer(mut socket: TcpStream, told: Told) {
    let mut head = [0; 8192];
    if socket.read(&mut head).await.is_err() || socket.write_all(&told.once).await.is_err() {
        return;
    }
    // A provider's own slowness, and no wait of the test.
    let mut slowly = tokio::time::interval(told.pause.max(Duration::from_nanos(1)));
    while !told.again.is_empty() {
        if !told.pause.is_zero() {
            slowly.tick().await;
        }
        if socket.write_all(&told.again).await.is_err() {
            return;
        }
    }
    // Held until the other side goes.
    let _ = socket.read(&mut head).await;
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// Sixteen megabytes of nothing, in some kilobytes.
fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &vec![0; 16 << 20]).unwrap();
    encoder.finish().unwrap()
}

/// A name; what the provider writes once, and again and again, with a pause in milliseconds; what becomes of the call.
type Case = (&'static str, Vec<u8>, Vec<u8>, u64, (&'static str, &'static str, &'static str));

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_or_without_sense_is_bounded_in_time_and_size() {
    let (raw, url) = Raw::start().await;
    let ring = Ring::with(Names::System, |config| {
        config.egress.overrides.insert("raw.example.com".into(), url.parse().unwrap());
    })
    .await;
    let schema = json!({"type": "object", "properties": {"url": {"type": "string"}}, "examples": [{}]});
    let pack = Pack { hosts: &["raw.example.com"], schema, ..Pack::default() };
    let (chunked, chunk) =
        (format!("{OK}transfer-encoding: chunked\r\n\r\n"), format!("10000\r\n{}\r\n", "x".repeat(0x10000)));
    let many_headers: String = (0..100_000).map(|n| format!("x-{n}: v\r\n")).collect();
    let huge_header = format!("{OK}x-huge: {}\r\n\r\n", "h".repeat(10 << 20));
    let bomb = bomb();
    let head = format!("{OK}content-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    let gzip = [head.into_bytes(), bomb].concat();
    let cases: Vec<Case> = vec![
        ("endless chunks", chunked.clone().into(), chunk.into(), 0, ("unknown", "invalid-response", "unknown")),
        (
            "endless without length",
            format!("{OK}\r\n").into(),
            vec![b'x'; 65536],
            0,
            ("unknown", "invalid-response", "unknown"),
        ),
        (
            "ten megabytes announced",
            format!("{OK}content-length: 10485760\r\n\r\n").into(),
            vec![],
            0,
            ("unknown", "invalid-response", "unknown"),
        ),
        (
            "an exabyte announced",
            format!("{OK}content-length: 1152921504606846976\r\n\r\n").into(),
            vec![],
            0,
            ("unknown", "invalid-response", "unknown"),
        ),
        (
            "a slow body",
            format!("{OK}content-length: 100000\r\n\r\n").into(),
            b"x".to_vec(),
            20,
            ("unknown", "timeout", "unknown"),
        ),
        ("slow headers", OK.into(), b"x-a: b\r\n".to_vec(), 20, ("unknown", "timeout", "unknown")),
        (
            "slow chunks of nothing",
            chunked.into(),
            b"1;ext=value\r\nx\r\n".to_vec(),
            20,
            ("unknown", "timeout", "unknown"),
        ),
        ("silence", vec![], vec![], 0, ("unknown", "timeout", "unknown")),
        (
            "a hundred thousand headers",
            format!("{OK}{many_headers}\r\n").into(),
            vec![],
            0,
            ("unknown", "provider-unavailable", "unknown"),
        ),
        ("endless headers", OK.into(), b"x-a: b\r\n".repeat(1000), 0, ("unknown", "provider-unavailable", "unknown")),
        ("a header of ten megabytes", huge_header.into(), vec![], 0, ("unknown", "provider-unavailable", "unknown")),
        (
            "endless interim answers",
            vec![],
            b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
            1,
            ("unknown", "timeout", "unknown"),
        ),
        ("a gzip bomb", gzip, vec![], 0, ("unknown", "invalid-response", "unknown")),
        ("no HTTP", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), vec![], 0, ("unknown", "provider-unavailable", "unknown")),
        (
            "two lengths",
            format!("{OK}content-length: 1\r\ncontent-length: 2\r\n\r\nxx").into(),
            vec![],
            0,
            ("unknown", "provider-unavailable", "unknown"),
        ),
        (
            "a switch of protocols",
            b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n".to_vec(),
            vec![],
            0,
            ("accepted", "", ""),
        ),
    ];
    for (round, (case, once, again, pause_ms, expected)) in cases.into_iter().enumerate() {
        raw.tell(once, again, pause_ms);
        let config = json!({"url": "https://raw.example.com/"});
        let tested = if round == 0 {
            ring.fight_with("named-url", &guests::unpacked("named-url"), &pack, config).await
        } else {
            ring.again("named-url").await
        };
        assert_eq!(kind(&tested), expected, "{case}: {tested}");
        assert!(tested["memory_bytes"].as_u64().unwrap() < 8 << 20, "{case}: {tested}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_answers_without_end_redirects_or_never_is_bounded() {
    let service = Service::with(|config| {
        config.delivery.send_ms = 400;
        config.delivery.call_ms = 1000;
    })
    .await;
    service.serve_marker("marker-a").await;
    service.provider.answers(Answer::Huge(3 << 20));
    let (_, huge) = service.create(&number(1)).await;
    assert_eq!(kind(&huge["delivery"]), ("unknown", "invalid-response", "unknown"), "{huge}");
    service.provider.answers(Answer::Redirect("https://api.example.com/elsewhere".into()));
    service.create(&number(2)).await;
    assert!(service.provider.requests().iter().all(|request| request.path == "/send"), "a redirect is not followed");
    service.provider.answers(Answer::Wait(std::sync::Arc::new(tokio::sync::Notify::new())));
    let started = Instant::now();
    let (_, silent) = service.create(&number(3)).await;
    assert_eq!(
        (silent["delivery"]["status"].as_str(), silent["delivery"]["failure"]["certainty"].as_str()),
        (Some("unknown"), Some("unknown")),
        "{silent}"
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}
