//! A name server that knows TXT records, over UDP (RFC 1035).

use std::collections::HashMap;
use std::net::SocketAddr;

use tokio::net::UdpSocket;

const NO_ERROR: u16 = 0x8180;
const NO_SUCH_NAME: u16 = 0x8183;
const HEADER: usize = 12;

/// Start one that knows these texts by name, in lower case and without a dot at the end.
pub async fn serve(texts: HashMap<String, Vec<String>>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut asked = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut asked).await {
            socket.send_to(&answer(&asked[..length], &texts), from).await.unwrap();
        }
    });
    address
}

fn answer(asked: &[u8], texts: &HashMap<String, Vec<String>>) -> Vec<u8> {
    let (name, end) = name(asked);
    let found = texts.get(&name).cloned().unwrap_or_default();
    let flags = if found.is_empty() { NO_SUCH_NAME } else { NO_ERROR };
    let mut out = asked[..2].to_vec();
    for number in [flags, 1, u16::try_from(found.len()).unwrap(), 0, 0] {
        out.extend(number.to_be_bytes());
    }
    // The question, with its type and class.
    out.extend(&asked[HEADER..end + 4]);
    for text in found {
        // Name of the question, TXT, IN, a minute.
        out.extend([0xc0, 0x0c, 0, 16, 0, 1, 0, 0, 0, 60]);
        let parts: Vec<u8> = text.as_bytes().chunks(60).flat_map(|part| [&[part.len() as u8], part].concat()).collect();
        out.extend(u16::try_from(parts.len()).unwrap().to_be_bytes());
        out.extend(parts);
    }
    out
}

/// The name that is asked for, and where it ends.
fn name(asked: &[u8]) -> (String, usize) {
    let (mut labels, mut at) = (Vec::new(), HEADER);
    while asked[at] != 0 {
        let length = usize::from(asked[at]);
        labels.push(String::from_utf8_lossy(&asked[at + 1..=at + length]).to_lowercase());
        at += length + 1;
    }
    (labels.join("."), at + 1)
}
