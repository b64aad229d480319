use super::*;

const CANARY: &str = "canary/0123<45>&\"67'89+=ü";

fn net(secret: &str) -> Net {
    Net::of(&Keyring::new([("token".to_owned(), Secret::from(secret))].into()), [])
}

fn hit(text: impl AsRef<[u8]>) -> bool {
    let net = net(CANARY);
    let found = net.find(text.as_ref()).is_some();
    let masked = net.mask(Bytes::copy_from_slice(text.as_ref()));
    assert_eq!(masked != text.as_ref(), found, "what is found is masked");
    assert!(net.find(&masked).is_none(), "nothing is left: {}", String::from_utf8_lossy(&masked));
    found
}

#[test]
fn a_secret_is_found_in_every_form_that_a_provider_could_echo() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    assert!(hit(format!("you sent {CANARY}!")));
    assert!(hit(serde_json::json!({ "auth": CANARY }).to_string()));
    assert!(hit(url::form_urlencoded::Serializer::new(String::new()).append_pair("k", CANARY).finish()));
    let mut url = url::Url::parse("https://a.example/").unwrap();
    url.query_pairs_mut().append_pair("k", CANARY);
    assert!(hit(url.as_str()));
    assert!(hit("<p>canary/0123&lt;45&gt;&amp;&quot;67&#x27;89+=ü</p>"));
    for before in ["", "a", "ab", "abc", "user:"] {
        assert!(hit(STANDARD.encode(format!("{before}{CANARY} and more"))), "{before}");
        assert!(hit(URL_SAFE.encode(format!("{before}{CANARY}"))), "{before}");
    }
    assert!(hit(hex::encode(format!("x{CANARY}"))) && hit(hex::encode_upper(CANARY)));
    assert!(hit(CANARY.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()));
}

#[test]
fn more_escapes_than_needed_hide_nothing() {
    let percent: String = CANARY.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let entities: String = CANARY.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    let escapes: String = CANARY.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    assert!(hit(percent) && hit(entities) && hit(escapes));
    use base64::Engine as _;
    let lines = base64::engine::general_purpose::STANDARD.encode(format!("{CANARY}{CANARY}"));
    assert!(hit(lines
        .chars()
        .enumerate()
        .map(|(n, c)| if n % 7 == 6 { format!("{c}\r\n") } else { c.into() })
        .collect::<String>()));
}

#[test]
fn ordinary_text_and_short_secrets_are_left_alone() {
    assert!(!hit("Your code is 123456. canary/0123"));
    assert!(net("short").find(b"a short text").is_none());
}

#[test]
fn a_pair_of_user_and_password_is_one_secret_more() {
    let declared = serde_json::json!({"kind": "basic", "user": "api-user", "password": "{secret.pin}", "methods": ["POST"], "paths": ["/"]});
    let hosts = [crate::egress::HostPattern::parse("a.example").unwrap()];
    let declared = serde_json::from_value(declared).unwrap();
    let binding = crate::credentials::resolve("account", &declared, &hosts, &serde_json::Map::new()).unwrap();
    let net = Net::of(&Keyring::new([("pin".to_owned(), Secret::from("1234567"))].into()), [&binding]);
    let told = placement::basic("api-user", "1234567");
    assert_eq!(net.find(told.expose().as_bytes()), Some(Hit { secret: "account".into(), bytes: 7 }));
}

#[test]
fn a_key_in_pem_is_found_by_its_lines() {
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n{}\n-----END PRIVATE KEY-----\n",
        "MIIEvQ".repeat(60),
        "Zx81Qp".repeat(60)
    );
    let net = net(&pem);
    assert!(net.find("Zx81Qp".repeat(60).as_bytes()).is_some());
    assert!(net.find(b"-----BEGIN PRIVATE KEY-----").is_none());
}

#[test]
fn debug_shows_no_secret() {
    assert_eq!(format!("{:?}", net(CANARY)).matches("canary").count(), 0);
}
