use serde_json::{Value, json};

use super::{TEXT, Written};

const TOKEN: &str = "fake-token-000000000000";

fn secret() -> Value {
    json!({"type": "string", "writeOnly": true})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn accepted(ids: Value) -> Value {
    json!({"accepted": {"message_ids": ids}})
}

fn failed(kind: &str, certainty: &str) -> Value {
    json!({"failure": {"kind": kind, "certainty": certainty}})
}

fn failed_with(kind: &str, certainty: &str, code: &str) -> Value {
    json!({"failure": {"kind": kind, "certainty": certainty, "provider_code": code}})
}

/// A query with the password in it; the whole body is the code.
#[test]
fn smsbao() {
    let config = json!({"username": "otp", "key": TOKEN});
    let written = Written::new(
        "hosts = [\"api.smsbao.com\"]\nsecrets = [\"key\"]\n[credentials.key]\nkind = \"query\"\nname = \"p\"\nsecret = \"key\"\nmethods = [\"GET\"]\npaths = [\"/sms\"]\n",
        &json!({"username": text(), "key": secret(), "goods_id": text()}),
        &config,
        r#"
[request]
method = "GET"
url = "https://api.smsbao.com/sms"
credentials = "key"
[request.query]
u = "{config.username}"
g = "{config.goods_id?}"
m = "{message.to:national}"
c = "{message.text}"
[answer]
success = { body = true, is = 0 }
[codes]
"-2" = { kind = "provider-unavailable", certainty = "unknown" }
"30" = "authentication-failed"
"41" = "insufficient-funds"
"51" = "invalid-recipient"
"#,
    );
    let query = "c=%22q%22%20%27a%27%20%5C%20%7Bx%7D%20%7B%7By%7D%7D%0A%09%F0%9F%98%80%20%26%3C%3E%5D%5D%3E%20%26amp%3B%20100%25%2B%C3%BC";
    let request =
        json!({"method": "GET", "url": format!("https://api.smsbao.com/sms?u=otp&m=15123456789&{query}&p={TOKEN}")});
    for (name, body, expect) in [
        ("sent", "0\n", accepted(json!([]))),
        ("wrong-number", "51", failed_with("invalid-recipient", "not-sent", "51")),
        ("its-own-trouble", "-2", failed_with("provider-unavailable", "unknown", "-2")),
        ("a-code-that-is-not-in-the-table", "52", failed("invalid-response", "unknown")),
        ("a-page", "<html>hello</html>", failed("invalid-response", "unknown")),
    ] {
        written.plays(name, &config, &request, &json!({"text": body}), &expect);
    }
    written.checks();
}

/// Basic with an empty password, JSON with a number in a list.
#[test]
fn gateway_api() {
    let config = json!({"token": TOKEN, "sender": "Acme"});
    let written = Written::new(
        "hosts = [\"gatewayapi.com\"]\nsecrets = [\"token\"]\n[credentials.token]\nkind = \"basic\"\nuser = \"{secret.token}\"\npassword = \"\"\nmethods = [\"POST\"]\npaths = [\"/rest/mtsms\"]\n",
        &json!({"token": secret(), "sender": text()}),
        &config,
        r#"
[request]
method = "POST"
url = "https://gatewayapi.com/rest/mtsms"
credentials = ["token"]
[request.json]
sender = "{message.sender|config.sender}"
message = "{message.text}"
recipients = [{ msisdn = "{message.to:digits:number}" }]
class = "{message.extra.class?}"
sendtime = "{call.issued-at:unix:number}"
flags = [1, 2.5, true, "{message.client-ip?}"]
[answer]
message_id = { json = "/ids" }
price = { amount = { json = "/usage/total_cost" }, currency = { json = "/usage/currency" } }
code = { json = "/code" }
text = { json = "/message" }
[codes]
"0x0213" = "invalid-recipient"
"#,
    );
    let request = json!({
        "method": "POST", "url": "https://gatewayapi.com/rest/mtsms",
        "headers": {"authorization": "Basic ZmFrZS10b2tlbi0wMDAwMDAwMDAwMDA6", "content-type": "application/json"},
        "json": {"sender": "Acme", "message": TEXT, "recipients": [{"msisdn": 4915123456789u64}],
            "sendtime": 1768478400, "flags": [1, 2.5, true]},
    });
    for (name, status, body, expect) in [
        (
            "sent",
            200,
            json!({"ids": [421332671, 421332672], "usage": {"currency": "DKK", "total_cost": 0.12}}),
            accepted(json!(["421332671", "421332672"])),
        ),
        (
            "refused",
            422,
            json!({"code": "0x0213", "message": "no such number"}),
            failed_with("invalid-recipient", "not-sent", "0x0213"),
        ),
        ("no-ids", 200, json!({"ids": []}), failed("invalid-response", "unknown")),
        ("trouble", 500, json!({"code": "0x0213"}), failed_with("invalid-recipient", "unknown", "0x0213")),
    ] {
        written.plays(name, &config, &request, &json!({"status": status, "json": body}), &expect);
    }
    written.checks();
}

/// `false` says no, and is no code.
#[test]
fn sms_aero() {
    let config = json!({"email": "a@acme.example", "api_key": TOKEN, "sign": "Acme"});
    let written = Written::new(
        "hosts = [\"gate.smsaero.ru\"]\nsecrets = [\"api_key\"]\n[credentials.key]\nkind = \"basic\"\nuser = \"{config.email}\"\npassword = \"{secret.api_key}\"\nmethods = [\"POST\"]\npaths = [\"/v2/sms/send\"]\n",
        &json!({"email": text(), "api_key": secret(), "sign": text()}),
        &config,
        r#"
[request]
method = "POST"
url = "https://gate.smsaero.ru/v2/sms/send"
credentials = ["key"]
json = { number = "{message.to:digits}", sign = "{config.sign}", text = "{message.text}" }
[answer]
success = { json = "/success", is = true }
message_id = { json = "/data/id" }
text = { json = "/message" }
"#,
    );
    let request = json!({
        "method": "POST", "url": "https://gate.smsaero.ru/v2/sms/send",
        "json": {"number": "4915123456789", "sign": "Acme", "text": TEXT},
    });
    for (name, body, expect) in [
        ("sent", json!({"success": true, "data": {"id": 1}}), accepted(json!(["1"]))),
        ("refused", json!({"success": false, "message": "no"}), failed("other", "not-sent")),
        ("something-else", json!({"hello": 1}), failed("invalid-response", "unknown")),
    ] {
        written.plays(name, &config, &request, &json!({"json": body}), &expect);
    }
    written.checks();
}

/// A form with the key in it; a code in the JSON of any status.
#[test]
fn yunpian() {
    let config = json!({"apikey": TOKEN});
    let written = Written::new(
        "hosts = [\"sms.yunpian.com\"]\nsecrets = [\"apikey\"]\n[credentials.key]\nkind = \"form\"\nname = \"apikey\"\nsecret = \"apikey\"\nmethods = [\"POST\"]\npaths = [\"/v2/sms/single_send.json\"]\n",
        &json!({"apikey": secret()}),
        &config,
        r#"
[request]
method = "POST"
url = "https://sms.yunpian.com/v2/sms/single_send.json"
headers = { accept = "application/json;charset=utf-8" }
credentials = ["key"]
[request.form]
mobile = "{message.to}"
text = "{message.text}"
uid = "{message.reference}"
[answer]
success = { json = "/code", is = "0" }
message_id = { json = "/sid" }
segments = { json = "/count" }
price = { amount = { json = "/fee" }, currency = "CNY" }
text = { json = "/msg" }
[codes]
"3" = "insufficient-funds"
"53" = { kind = "rate-limited" }
"#,
    );
    let request = json!({
        "method": "POST", "url": "https://sms.yunpian.com/v2/sms/single_send.json",
        "headers": {"accept": "application/json;charset=utf-8", "content-type": "application/x-www-form-urlencoded"},
        "form": {"mobile": "+4915123456789", "text": TEXT, "uid": "msg_transcript", "apikey": TOKEN},
    });
    let sent = json!({"code": 0, "msg": "发送成功", "count": 2, "fee": 0.05, "unit": "RMB", "sid": 3310228982u64});
    let expect = json!({"accepted": {"message_ids": ["3310228982"], "segments": 2}});
    written.plays("sent", &config, &request, &json!({"json": sent}), &expect);
    for (name, code, expect) in [
        ("no-money", 3, failed_with("insufficient-funds", "not-sent", "3")),
        ("too-fast", 53, failed_with("rate-limited", "not-sent", "53")),
        ("unknown", 99, failed_with("invalid-config", "not-sent", "99")),
    ] {
        let reply = json!({"status": 400, "json": {"code": code, "msg": "no"}});
        written.plays(name, &config, &request, &reply, &expect);
    }
    written.checks();
}

/// XML on both sides, the password in an element.
#[test]
fn netgsm() {
    let config = json!({"usercode": "850", "password": TOKEN, "msgheader": "A&B"});
    let written = Written::new(
        "hosts = [\"api.netgsm.com.tr\"]\nsecrets = [\"password\"]\n[credentials.login]\nkind = \"xml\"\nelement = \"/mainbody/header/password\"\nsecret = \"password\"\nmethods = [\"POST\"]\npaths = [\"/sms/send/otp\"]\n",
        &json!({"usercode": text(), "password": secret(), "msgheader": text()}),
        &config,
        r#"
[request]
method = "POST"
url = "https://api.netgsm.com.tr/sms/send/otp"
credentials = ["login"]
xml = '''<?xml version="1.0" encoding="UTF-8"?>
<mainbody><header><usercode>{config.usercode}</usercode><password></password><msgheader>{config.msgheader}</msgheader></header>
<body ref="{message.text}"><msg>{message.text}</msg><no>{message.to:digits}</no></body></mainbody>'''
[answer]
success = { xml = "/xml/main/code", is = ["0", "00"] }
message_id = { xml = "/xml/main/jobID" }
text = { xml = "/xml/main/error" }
[codes]
"30" = "authentication-failed"
"50" = "invalid-recipient"
"#,
    );
    let escaped = "&quot;q&quot; &apos;a&apos; \\ {x} {{y}}&#10;&#9;😀 &amp;&lt;&gt;]]&gt; &amp;amp; 100%+ü";
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<mainbody><header><usercode>850</usercode><password>{TOKEN}</password><msgheader>A&amp;B</msgheader></header>\n<body ref=\"{escaped}\"><msg>{escaped}</msg><no>4915123456789</no></body></mainbody>"
    );
    let document = roxmltree::Document::parse(&body).unwrap();
    let read = document.descendants().find(|node| node.has_tag_name("msg")).unwrap();
    assert_eq!((read.text(), read.parent().unwrap().attribute("ref")), (Some(TEXT), Some(TEXT)), "what a parser reads");
    let request = json!({
        "method": "POST", "url": "https://api.netgsm.com.tr/sms/send/otp",
        "headers": {"content-type": "application/xml; charset=utf-8"}, "text": body,
    });
    for (name, body, expect) in [
        (
            "sent",
            "<?xml version=\"1.0\"?><xml><main><code>0</code><jobID> 777 </jobID></main></xml>",
            accepted(json!(["777"])),
        ),
        (
            "refused",
            "<xml><main><code>30</code><error>no &amp; no</error></main></xml>",
            failed_with("authentication-failed", "not-sent", "30"),
        ),
        ("not-xml", "<xml><main><code>30</main>", failed("invalid-response", "unknown")),
        (
            "entities",
            "<!DOCTYPE x [<!ENTITY a \"0\">]><xml><main><code>&a;</code></main></xml>",
            failed("invalid-response", "unknown"),
        ),
    ] {
        written.plays(name, &config, &request, &json!({"text": body}), &expect);
    }
    written.checks();
}

/// A part each: all of them say yes, or it is no yes.
#[test]
fn vonage() {
    let config = json!({"api_key": "k", "api_secret": TOKEN});
    let written = Written::new(
        "hosts = [\"rest.nexmo.com\"]\nsecrets = [\"api_secret\"]\npublic = [\"api_key\"]\n[credentials.login]\nkind = \"basic\"\nuser = \"{config.api_key}\"\npassword = \"{secret.api_secret}\"\nmethods = [\"POST\"]\npaths = [\"/sms/json\"]\n",
        &json!({"api_key": text(), "api_secret": secret()}),
        &config,
        r#"
[request]
method = "POST"
url = "https://rest.nexmo.com/sms/json"
credentials = ["login"]
json = { from = "{message.sender|'Acme'}", to = "{message.to:digits}", text = "{message.text}", type = "unicode" }
[answer]
success = { json = "/messages/*/status", is = 0 }
message_id = { json = "/messages/*/message-id" }
segments = { json = "/message-count" }
text = { json = "/messages/*/error-text" }
[codes]
"4" = "authentication-failed"
"9" = "insufficient-funds"
"#,
    );
    let request = json!({
        "method": "POST", "url": "https://rest.nexmo.com/sms/json",
        "json": {"from": "Acme", "to": "4915123456789", "text": TEXT, "type": "unicode"},
    });
    let part = |status: &str| json!({"status": status, "message-id": format!("m{status}"), "error-text": "no"});
    for (name, parts, expect) in [
        ("sent", json!([part("0"), part("0")]), accepted(json!(["m0", "m0"]))),
        ("refused", json!([part("4")]), failed_with("authentication-failed", "not-sent", "4")),
        ("half-of-it", json!([part("0"), part("9")]), failed_with("insufficient-funds", "unknown", "9")),
        ("nothing", json!([]), failed("invalid-response", "unknown")),
    ] {
        written.plays(name, &config, &request, &json!({"json": {"message-count": "2", "messages": parts}}), &expect);
    }
    written.checks();
}

/// A signature over a template, in a header; ids and codes by expressions, a wait in a header of its own.
#[test]
fn a_signed_request_with_an_answer_of_lines() {
    use hmac::{KeyInit as _, Mac as _};
    let config = json!({"key": TOKEN});
    let written = Written::new(
        "hosts = [\"api.acme.example\"]\nsecrets = [\"key\"]\n[credentials.mac]\nkind = \"hmac\"\nsecret = \"key\"\ndigest = \"sha256\"\nencoding = \"hex\"\nplace = { header = \"x-signature\" }\nmethods = [\"POST\"]\npaths = [\"/v1/*\"]\n",
        &json!({"key": secret(), "level": {"type": "integer", "default": 3}}),
        &config,
        r#"
[request]
method = "POST"
url = "https://api.acme.example/v1/{message.reference}"
headers = { "x-signature" = "v1={signed.mac}", "x-time" = "{call.issued-at:iso}", "x-left-out" = "{message.sender?}" }
text = "{message.to} {message.code} {message.validity-seconds:minutes} {config.level}\n{message.text}"
[request.sign]
mac = "{call.issued-at:unix}.{message.to}.{message.text}"
[answer]
success = [{ status = "200-202", regex = '^OK' }, { status = 409, regex = '^DUP' }]
message_id = { regex = 'id=([a-z0-9]+)' }
code = { regex = '^ERR ([0-9]+)' }
retry_after = { header = "x-wait" }
[codes]
"7" = "rate-limited"
[statuses]
"409" = "content-rejected"
"5xx" = { kind = "provider-unavailable", certainty = "not-sent" }
"#,
    );
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(format!("1768478400.+4915123456789.{TEXT}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let request = json!({
        "method": "POST", "url": "https://api.acme.example/v1/msg_transcript",
        "headers": {"x-signature": format!("v1={signature}"), "x-time": "2026-01-15T12:00:00Z"},
        "text": format!("+4915123456789 123456 10 3\n{TEXT}"),
    });
    let wait = json!({"failure": {"kind": "rate-limited", "certainty": "not-sent", "provider_code": "7", "retry_after_seconds": 9}});
    for (name, status, body, expect) in [
        ("sent", 202, "OK id=a1", accepted(json!(["a1"]))),
        ("sent-before", 409, "DUP id=a1", accepted(json!(["a1"]))),
        ("refused", 200, "ERR 7: slow down", wait),
        ("conflict", 409, "?", failed("content-rejected", "not-sent")),
        ("down", 502, "?", failed("provider-unavailable", "not-sent")),
    ] {
        let reply = json!({"status": status, "text": body, "headers": {"x-wait": "9"}});
        written.plays(name, &config, &request, &reply, &expect);
    }
    // It says that a 500 sent nothing, which the check does not believe of anybody.
    written.passes_its_transcripts();
}
