//! What texts cost and why, before they are saved; and that nobody overwrites texts that he has not seen.

use reqwest::Method;
use serde_json::{Value, json};

use super::{HASH, PREVIEW, TEXTS, save};
use crate::support::service::Service;

async fn shown(service: &Service, body: Value) -> Value {
    let (status, shown) = service.post(PREVIEW, body).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_which_characters_cost_and_what_would_do() {
    let service = Service::start().await;
    let of =
        |text: &str| json!({"purpose": "sign-in", "templates": {"templates": [{"purpose": "sign-in", "text": text}]}});
    let stray = shown(&service, of("It’s {{ code }}")).await["previews"][0].clone();
    assert_eq!(stray["marks"], json!([{"at": 2, "char": "’", "why": "not-in-gsm-7"}]), "{stray}");
    let cheaper = &stray["cheaper"];
    assert_eq!((&cheaper["text"], &cheaper["template"]), (&json!("It's 123456"), &json!("It's {{ code }}")));
    assert_eq!((&cheaper["encoding"], &cheaper["segments"]), (&json!("GSM-7"), &json!(1)), "{cheaper}");
    assert_eq!(cheaper["swaps"], json!([{"from": "’", "to": "'"}]));
    let extension = shown(&service, of("[{{ code }}]")).await["previews"][0].clone();
    assert_eq!(extension["marks"][1], json!({"at": 7, "char": "]", "why": "two-septets"}));
    assert_eq!(extension["cheaper"], Value::Null);
    let cyrillic = shown(&service, of("Код {{ code }}")).await["previews"][0].clone();
    assert_eq!((cyrillic["marks"].as_array().unwrap().len(), &cyrillic["cheaper"]), (3, &Value::Null), "{cyrillic}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_whether_a_phone_fills_in_the_code() {
    let service = Service::start().await;
    let plain = shown(&service, json!({})).await["previews"][0]["autofill"].clone();
    assert_eq!(plain, json!({"state": "missing"}));
    let app = shown(&service, json!({"app_hash": HASH})).await["previews"][0]["autofill"].clone();
    assert_eq!(app, json!({"state": "app-hash", "hash": HASH}));
    let ending = json!({"templates": [], "ending": {"origin": {"host": "shop.example"}}});
    let bound = shown(&service, json!({"templates": ending})).await["previews"][0]["autofill"].clone();
    assert_eq!(bound, json!({"state": "origin-bound", "host": "shop.example"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_names_the_site_and_warns_of_another_one() {
    let service = Service::start().await;
    let unknown = shown(&service, json!({})).await["previews"][0].clone();
    assert_eq!(unknown["site"], Value::Null);
    let to = |host: &str| json!({"origin": {"host": host}});
    let text = json!({"purpose": "sign-in", "text": "{{ app }}: {{ code }}", "ending": to("pay.example")});
    let texts = json!({"templates": [text], "ending": to("shop.example")});
    let other = shown(&service, json!({"templates": texts, "purpose": "sign-in"})).await["previews"][0].clone();
    assert_eq!(other["site"], json!({"host": "shop.example"}));
    let warning = &other["warnings"][0];
    assert_eq!((&warning["code"], &warning["pointer"]), (&json!("other-site"), &json!("/ending")), "{other}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_text_is_counted_at_worst_the_most_expensive_first() {
    let service = Service::start().await;
    let long = format!("{{{{ code }}}} {{% if minutes > 1 %}}{}{{% endif %}}", "a".repeat(145));
    let texts = json!({"templates": [
        {"purpose": "sign-in", "text": "{{ code }}"},
        {"purpose": "sign-in", "locale": "pt-BR", "text": long},
        {"purpose": "register", "locale": "uk", "text": format!("{{{{ code }}}} {}", "ї".repeat(140))},
    ]});
    let worst = shown(&service, json!({"templates": texts, "every": true})).await["worst"].clone();
    let told: Vec<_> =
        worst["texts"].as_array().unwrap().iter().map(|w| json!([w["locale"], w["units"], w["segments"]])).collect();
    assert_eq!(told, [json!(["uk", 151, 3]), json!(["pt-BR", 156, 1]), json!([null, 10, 1])], "{worst}");
    assert_eq!(worst["left_out"], 0);
    let none = shown(&service, json!({"templates": texts})).await;
    assert_eq!(none["worst"], Value::Null, "nobody asked");
    let many: Vec<_> = (0..600).map(|n| json!({"purpose": format!("p{n}"), "text": "{{ code }}"})).collect();
    let worst = shown(&service, json!({"templates": {"templates": many}, "every": true})).await["worst"].clone();
    assert_eq!((worst["texts"].as_array().unwrap().len(), &worst["left_out"]), (500, &json!(100)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_is_not_saved_shows_its_own_texts() {
    let service = Service::start().await;
    save(&service, json!({"templates": [{"purpose": "sign-in", "text": "all {{ code }}"}]})).await;
    let own = json!([{"purpose": "sign-in", "text": "own {{ code }}"}]);
    let senders = json!([{"countries": ["IN"], "sender": "ACMEIN"}]);
    let draft = json!({"component": "twilio", "templates": own, "senders": senders});
    let seen = shown(&service, json!({"purpose": "sign-in", "country": "IN", "draft": draft})).await;
    let only = &seen["previews"][0];
    assert_eq!((&only["text"], &only["sender"]), (&json!("own 123456"), &json!("ACMEIN")), "{seen}");
    assert_eq!((seen["previews"].as_array().unwrap().len(), &only["template"]["source"]), (1, &json!("connector")));
    let bare = shown(&service, json!({"purpose": "sign-in", "draft": {"component": "twilio"}})).await;
    assert_eq!(bare["previews"][0]["text"], "all 123456", "the environment's stand behind its own");
    for (draft, status, pointer) in [
        (
            json!({"component": "twilio", "templates": [{"purpose": "x", "text": "none"}]}),
            422,
            "/draft/templates/0/text",
        ),
        (json!({"component": "twilio", "senders": [{"countries": []}]}), 422, "/draft/senders/0"),
    ] {
        let (got, refused) = service.post(PREVIEW, json!({"draft": draft})).await;
        assert_eq!((got, &refused["errors"][0]["pointer"]), (status, &json!(pointer)), "{refused}");
    }
    assert_eq!(service.post(PREVIEW, json!({"draft": {"component": "nobody"}})).await.0, 404);
    assert_eq!(service.post(PREVIEW, json!({"draft": {"component": "twilio", "config": {}}})).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_somebody_else_saved_meanwhile_are_not_overwritten() {
    let service = Service::start().await;
    let put = async |text: &str, seen: Option<&str>| {
        let body = json!({"templates": [{"purpose": "sign-in", "text": text}]});
        let mut request = service.request(Method::PUT, TEXTS).json(&body);
        if let Some(seen) = seen {
            request = request.header("if-match", seen);
        }
        let answer = request.send().await.unwrap();
        let tag = answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        (answer.status().as_u16(), tag)
    };
    let tag = async || service.request(Method::GET, TEXTS).send().await.unwrap().headers()["etag"].clone();
    assert_eq!(tag().await, "\"0\"");
    assert_eq!(put("{{ code }} a", Some("\"0\"")).await, (200, Some("\"1\"".to_owned())));
    assert_eq!(put("{{ code }} b", Some("\"0\"")).await, (409, None));
    assert_eq!(service.get(TEXTS).await.1["templates"][0]["text"], "{{ code }} a");
    assert_eq!(put("{{ code }} c", None).await.0, 200, "whoever does not ask is not asked");
    assert_eq!((tag().await, put("{{ code }} d", Some("x")).await.0), ("\"2\"".parse().unwrap(), 400));
}
