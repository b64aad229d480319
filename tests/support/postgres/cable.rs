//! What connections to a database go through: it can be cut, and it can fall silent as a network does.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    /// Connections end, and new ones end at once.
    Cut,
    /// Nothing comes through any more and nobody is told. What is connected now stays so until the cable is cut.
    Silent,
}

pub struct Cable {
    /// The database's URL, through the cable.
    pub url: String,
    state: watch::Sender<State>,
    serving: JoinHandle<()>,
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.serving.abort();
        self.cut();
    }
}

impl Cable {
    /// A cable to the one host of this URL.
    pub async fn to(url: &str) -> Self {
        let mut url = url::Url::parse(url).unwrap();
        let target = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let target: SocketAddr = tokio::net::lookup_host(target).await.unwrap().next().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let (state, seen) = watch::channel(State::Whole);
        let serving = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(carry(socket, target, seen.clone()));
            }
        });
        Self { url: url.into(), state, serving }
    }

    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    pub fn silence(&self) {
        self.state.send_replace(State::Silent);
    }

    /// New connections come through again.
    pub fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

async fn carry(mut near: TcpStream, target: SocketAddr, mut state: watch::Receiver<State>) {
    if *state.borrow() == State::Whole {
        let Ok(mut far) = TcpStream::connect(target).await else { return };
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => return,
            _ = state.wait_for(|state| *state != State::Whole) => {}
        }
        // Both are held until the cable is cut.
        let _ = state.wait_for(|state| *state == State::Cut).await;
        return;
    }
    let _ = state.wait_for(|state| *state == State::Cut).await;
}
