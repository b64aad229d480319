//! A proxy as companies run them: `CONNECT` only, with a user and a password if it is told so, and with TLS of its own if
//! it gets a certificate. It has its own idea of where an address is, as a network behind it has.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What the proxy does with whoever asks.
#[derive(Clone)]
pub enum Mood {
    /// Connects, where it knows the authority; 502 where it does not.
    Connects,
    /// Answers this, whole.
    Says(&'static str),
    /// Takes the request and is silent.
    Silent,
}

struct Shared {
    heads: Mutex<Vec<String>>,
    /// Every byte that clients sent, heads and what followed.
    seen: Mutex<Vec<u8>>,
    routes: Mutex<HashMap<String, SocketAddr>>,
    mood: Mutex<Mood>,
    authorization: Option<String>,
}

#[derive(Clone)]
pub struct Proxy {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

impl Proxy {
    /// `authorization` is what `Proxy-Authorization` has to say.
    pub async fn start(authorization: Option<&str>, tls: Option<TlsAcceptor>) -> Self {
        let shared = Arc::new(Shared {
            heads: Mutex::default(),
            seen: Mutex::default(),
            routes: Mutex::default(),
            mood: Mutex::new(Mood::Connects),
            authorization: authorization.map(str::to_owned),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (shared, tls) = (Arc::clone(&serving), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(shared, socket).await,
                        Some(tls) => match tls.accept(socket).await {
                            Ok(stream) => serve(shared, stream).await,
                            Err(_) => Ok(()),
                        },
                    }
                });
            }
        });
        Self { address, shared }
    }

    /// What is at an authority.
    pub fn knows(&self, authority: &str, address: SocketAddr) {
        self.shared.routes.lock().unwrap().insert(authority.to_owned(), address);
    }

    pub fn is(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    /// The heads that it read, in order.
    pub fn heads(&self) -> Vec<String> {
        self.shared.heads.lock().unwrap().clone()
    }

    /// For what it was asked, in order.
    pub fn asked(&self) -> Vec<String> {
        self.heads().iter().map(|head| head.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
    }

    /// Whether these bytes ever came by.
    pub fn saw(&self, needle: &str) -> bool {
        self.shared.seen.lock().unwrap().windows(needle.len()).any(|window| window == needle.as_bytes())
    }
}

async fn serve(shared: Arc<Shared>, mut client: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    shared.seen.lock().unwrap().extend(head.bytes());
    shared.heads.lock().unwrap().push(head.clone());
    let mood = shared.mood.lock().unwrap().clone();
    match mood {
        Mood::Connects => {}
        Mood::Says(answer) => {
            client.write_all(answer.as_bytes()).await?;
            return client.shutdown().await;
        }
        Mood::Silent => std::future::pending().await,
    }
    let told = head.lines().find_map(|line| line.strip_prefix("proxy-authorization: "));
    if shared.authorization.is_some() && told != shared.authorization.as_deref() {
        client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n").await?;
        return client.shutdown().await;
    }
    let authority = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let route = shared.routes.lock().unwrap().get(authority).copied();
    let Some(route) = route else {
        client.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await?;
        return client.shutdown().await;
    };
    let mut provider = TcpStream::connect(route).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    carry(&shared, client, &mut provider).await
}

/// Both ways, until one side has had enough.
async fn carry(
    shared: &Shared,
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    provider: &mut TcpStream,
) -> std::io::Result<()> {
    let (mut up, mut down) = (vec![0; 16 << 10], vec![0; 16 << 10]);
    loop {
        tokio::select! {
            length = client.read(&mut up) => match length? {
                0 => return Ok(()),
                length => {
                    shared.seen.lock().unwrap().extend(&up[..length]);
                    provider.write_all(&up[..length]).await?;
                }
            },
            length = provider.read(&mut down) => match length? {
                0 => return Ok(()),
                length => client.write_all(&down[..length]).await?,
            },
        }
    }
}
