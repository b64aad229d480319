//! The `http` connector: where its credential goes, what reaches a gateway of one's own, that every character arrives.

use reqwest::Url;
use serde_json::{Value, json};

use crate::support::provider::{Answer, Provider, Recorded};
use crate::support::service::{Service, TO, number};

const PATH: &str = "/v1/environments/development/connectors/gateway";
const AUTHORIZATION: &str = "Bearer canary-of-the-gateway-0123";
/// What ends a field in some format: a quote, an ampersand, a tag, a line, an escape, a brace.
const NASTY: &str = "\"a\" & <b a='c'>\r\n\td]]> é Ж 验 😀 \\n \\ %41 + {to} {{text}} ;=#?/ \u{2028}end";

fn body(config: Value) -> Value {
    json!({"component": "http", "config": config, "activate": true})
}

async fn saved(service: &Service, config: Value) -> Value {
    let (status, saved) = service.put(PATH, body(config)).await;
    assert!(status < 300, "{saved}");
    saved
}

/// What one message with this configuration is on the wire.
async fn sent(service: &Service, config: Value, message: Value) -> Recorded {
    saved(service, config).await;
    let before = service.provider.requests().len();
    let (status, sent) = service.post("/v1/messages", message).await;
    assert!(status == 201 && service.provider.requests().len() == before + 1, "{sent}");
    service.provider.requests().pop().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_alone_is_enough_and_everything_about_the_message_arrives() {
    let service = Service::start().await;
    let saved = saved(&service, json!({"url": "https://api.example.com/hooks/otp"})).await;
    assert_eq!(saved["config"], json!({"url": "https://api.example.com/hooks/otp"}), "it is stored as it was given");
    let (_, made) = service.create(TO).await;
    assert_eq!(made["delivery"]["status"], "accepted", "{made}");
    let request = service.provider.requests().pop().unwrap();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hooks/otp"));
    assert_eq!(
        (request.header("content-type"), request.header("authorization")),
        ("application/json".into(), "".into())
    );
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let code = body["code"].as_str().unwrap();
    assert!(body["text"].as_str().unwrap().contains(code), "{body}");
    assert_eq!(
        (&body["to"], &body["purpose"], &body["parameters"]["code"], &body["environment"]),
        (&json!(TO), &json!("sign-in"), &json!(code), &json!("development"))
    );
    assert_eq!(service.check(made["id"].as_str().unwrap(), code).await.1["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_credential_is_bound_to_url_and_method_and_a_kept_one_goes_nowhere_else() {
    let service = Service::start().await;
    let url = "https://api.example.com/v1/messages";
    let made = saved(&service, json!({"url": url, "authorization": AUTHORIZATION})).await;
    assert_eq!(
        made["granted"],
        json!([
            "reaches api.example.com",
            "writes authorization into the Authorization header of POST https://api.example.com at /v1/messages",
        ])
    );
    assert_eq!(made["config"]["authorization"], json!({"set": true}));
    service.create(TO).await;
    assert_eq!(service.provider.requests().pop().unwrap().header("authorization"), AUTHORIZATION);
    let same =
        json!({"url": format!("{url}?to={{to}}"), "method": "POST", "headers": {"x-a": "b"}, "body": {"t": "{text}"}});
    let request = sent(&service, same, json!({"to": number(1), "code": "123456"})).await;
    assert_eq!(request.header("authorization"), AUTHORIZATION, "another query, header or body is no other binding");
    for elsewhere in [
        json!({"url": "https://api.example.com/v1/other"}),
        json!({"url": "https://api.example.com/"}),
        json!({"url": "https://api.twilio.com/v1/messages"}),
        json!({"url": "https://api.example.com:8443/v1/messages"}),
        json!({"url": "http://api.example.com/v1/messages"}),
        json!({"url": url, "method": "GET"}),
    ] {
        let (status, refused) = service.put(PATH, body(elsewhere.clone())).await;
        assert_eq!((status, &refused["type"]), (422, &json!("/problems/secret-rebound")), "{elsewhere}: {refused}");
        assert_eq!(refused["errors"][0]["pointer"], "/config/authorization");
    }
    let config = json!({"url": "https://api.twilio.com/v1/other", "method": "PUT", "authorization": AUTHORIZATION});
    let request = sent(&service, config, json!({"to": number(2), "code": "123456"})).await;
    assert_eq!(
        (request.header("authorization"), request.header("host")),
        (AUTHORIZATION.into(), "api.twilio.com".into())
    );
    let config = json!({"url": "https://api.example.com/open", "authorization": null});
    let request = sent(&service, config, json!({"to": number(3), "code": "123456"})).await;
    assert_eq!(request.header("authorization"), "", "what was taken away goes nowhere");
}

/// What a test send over plain http to `gateway` came to.
async fn tried(allow: Option<&str>, url: &str, authorization: Option<&str>) -> Value {
    let service = Service::with(|config| config.egress.allow.extend(allow.map(|entry| entry.parse().unwrap()))).await;
    saved(&service, json!({"url": url, "authorization": authorization})).await;
    service.post(&format!("{PATH}/test"), json!({"to": TO})).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_to_a_gateway_of_ones_own_takes_the_operators_word() {
    let gateway = Provider::start().await;
    let url = format!("{}/send", gateway.url);
    let address = gateway.url.strip_prefix("http://").unwrap();
    let refused = tried(None, &url, None).await;
    let hint = format!("\\\"{address}\\\" in `egress.allow`");
    assert!(refused["status"] == "refused" && refused.to_string().contains(&hint), "{refused}");
    assert_eq!(
        tried(Some(address), &url, None).await["status"],
        "accepted",
        "without a credential the address is enough"
    );
    let refused = tried(Some(address), &url, Some(AUTHORIZATION)).await;
    assert!(refused["status"] == "refused" && refused.to_string().contains("without TLS"), "{refused}");
    let accepted = tried(Some(&gateway.url), &url, Some(AUTHORIZATION)).await;
    assert_eq!(accepted["status"], "accepted", "{accepted}");
    assert!(!accepted.to_string().contains(AUTHORIZATION));
    let requests = gateway.requests();
    assert_eq!(requests.iter().map(|request| request.header("authorization")).collect::<Vec<_>>(), ["", AUTHORIZATION]);
    let port = address.rsplit_once(':').unwrap().1;
    // A name that leads to a permitted address is another word.
    for name in ["localhost", "gw.localhost"] {
        let refused = tried(Some(&gateway.url), &format!("http://{name}:{port}/send"), None).await;
        assert!(refused["status"] == "refused" && refused.to_string().contains("loopback"), "{name}: {refused}");
    }
    let paired = format!("http://gw.corp.example={address}");
    let accepted = tried(Some(&paired), &format!("http://gw.corp.example:{port}/send"), Some(AUTHORIZATION)).await;
    assert_eq!(accepted["status"], "accepted", "{accepted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_character_arrives_as_it_was_in_json_form_xml_and_query() {
    let service = Service::start().await;
    let url = "https://api.example.com/send";
    let message = |n: u32| json!({"to": number(n), "text": NASTY, "sender": "A&B \"<é>"});
    let form_type = "application/x-www-form-urlencoded";
    let json_body = |request: &Recorded| serde_json::from_slice::<Value>(&request.body).unwrap();
    let pairs = |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
    let expected = [("text".to_owned(), NASTY.to_owned()), ("to".to_owned(), number(0))];

    let request = sent(&service, json!({"url": url}), message(0)).await;
    assert_eq!((&json_body(&request)["text"], &json_body(&request)["sender"]), (&json!(NASTY), &json!("A&B \"<é>")));

    let fields = json!({"text": "{text}", "to": "{to}"});
    let request = sent(&service, json!({"url": url, "body": fields}), message(1)).await;
    assert_eq!(json_body(&request), json!({"text": NASTY, "to": number(1)}));

    let text = "{{\"text\": \"{text}\", \"inner\": {{\"to\": \"{to}\"}}}}";
    let request = sent(&service, json!({"url": url, "body": text}), message(2)).await;
    assert_eq!(json_body(&request), json!({"text": NASTY, "inner": {"to": number(2)}}));

    for (n, body) in [(3, fields), (4, json!("text={text}&to={to}"))] {
        let request = sent(&service, json!({"url": url, "content_type": form_type, "body": body}), message(n)).await;
        let found = pairs(std::str::from_utf8(&request.body).unwrap());
        assert_eq!(found, [expected[0].clone(), ("to".into(), number(n))]);
    }

    let xml = "<m from=\"{sender}\" a='{text}'><to>{to}</to><text>{text}</text></m>";
    let request = sent(&service, json!({"url": url, "content_type": "text/xml", "body": xml}), message(5)).await;
    let xml = roxmltree::Document::parse(std::str::from_utf8(&request.body).unwrap()).unwrap();
    let root = xml.root_element();
    assert_eq!((root.attribute("a"), root.attribute("from")), (Some(NASTY), Some("A&B \"<é>")));
    assert_eq!(root.children().map(|child| child.text().unwrap()).collect::<Vec<_>>(), [&number(5), NASTY]);

    let config = json!({"url": format!("{url}?text={{text}}&to={{to}}"), "method": "GET"});
    let request = sent(&service, config, message(6)).await;
    let target = Url::parse("https://api.example.com").unwrap().join(&request.path).unwrap();
    assert_eq!(pairs(target.query().unwrap()), [expected[0].clone(), ("to".into(), number(6))]);
    assert!(target.path() == "/send" && request.body.is_empty());

    let config = json!({"url": url, "content_type": "text/plain; charset=utf-8", "body": "{text}"});
    assert_eq!(sent(&service, config, message(7)).await.body, NASTY.as_bytes());

    let code = json!({"to": number(8), "code": "1\"2&<\n3é"});
    let request = sent(&service, json!({"url": url, "body": "[\"{code}\"]"}), code).await;
    assert_eq!(json_body(&request), json!(["1\"2&<\n3é"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_of_the_configuration_is_named_and_sends_nothing() {
    let service = Service::start().await;
    let url = "https://api.example.com/send";
    for (config, pointer) in [
        (json!({"url": "https://api.example.com/{to}"}), "/config/url"),
        (json!({"url": "https://user:pw@api.example.com/"}), "/config/url"),
        (json!({"url": "ftp://api.example.com/"}), "/config/url"),
        (json!({"url": url, "headers": {"Authorization": "Bearer x"}}), "/config/headers"),
        (json!({"url": url, "success": "yes"}), "/config/success"),
        (json!({"url": url, "success_pointer": "/a"}), "/config"),
        (json!({"url": url, "content_type": "text/xml"}), "/config"),
        (json!({"url": url, "method": "DELETE"}), "/config/method"),
        (json!({"url": url, "secret": "x"}), "/config"),
    ] {
        let (status, refused) = service.put(PATH, body(config.clone())).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!(pointer)), "{config}: {refused}");
    }
    for (config, word) in [
        (json!({"url": format!("{url}?to={{phone}}")}), "`{phone}`"),
        (json!({"url": url, "body": {"from": "{sender}"}}), "`sender`"),
        (json!({"url": url, "headers": {"Cookie": "{code}"}}), "Cookie"),
    ] {
        saved(&service, config).await;
        let (_, tested) = service.post(&format!("{PATH}/test"), json!({"to": TO})).await;
        let failure = &tested["failure"];
        assert_eq!(
            (&failure["kind"], &failure["certainty"]),
            (&json!("invalid-config"), &json!("not-sent")),
            "{tested}"
        );
        assert!(failure["text"].as_str().unwrap().contains(word), "{word}: {tested}");
    }
    assert!(service.provider.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_echoes_the_credential_tells_it_to_nobody() {
    let service = Service::start().await;
    let config =
        json!({"url": "https://api.example.com/echo", "authorization": AUTHORIZATION, "message_id_pointer": "/id"});
    saved(&service, config).await;
    for status in [200, 400] {
        service
            .provider
            .answers(Answer::Json(status, json!({"id": AUTHORIZATION, "error": format!("no {AUTHORIZATION}")})));
        let (_, tested) = service.post(&format!("{PATH}/test"), json!({"to": TO})).await;
        assert!(!tested.to_string().contains("canary"), "{tested}");
        assert_eq!(tested["status"], if status == 200 { "accepted" } else { "refused" }, "{tested}");
    }
    assert_eq!(service.provider.requests()[0].header("authorization"), AUTHORIZATION);
}

/// Whoever follows the README has an evening, not a debugger.
#[tokio::test(flavor = "multi_thread")]
async fn each_example_of_its_readme_can_be_saved() {
    let service = Service::start().await;
    let readme = service.get("/v1/components/http").await.1["readme"].as_str().unwrap().to_owned();
    let examples: Vec<&str> = readme.split("```json\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    let examples: Vec<&str> = examples.into_iter().filter(|text| text.contains("\"component\"")).collect();
    assert_eq!(examples.len(), 3);
    for (n, example) in examples.into_iter().enumerate() {
        let path = format!("/v1/environments/development/connectors/example-{n}");
        let (status, saved) = service.put(&path, serde_json::from_str(example).unwrap()).await;
        assert_eq!(status, 201, "{saved}");
        assert!(saved["granted"].to_string().contains("writes authorization"), "{saved}");
    }
}
