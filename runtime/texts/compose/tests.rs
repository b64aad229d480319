use super::*;
use crate::texts::ending::Origin;

fn text(purpose: &str, text: &str) -> Template {
    Template { purpose: purpose.into(), text: Some(text.into()), ..Template::default() }
}

fn id(purpose: &str, id: &str) -> Template {
    Template { purpose: purpose.into(), template_id: Some(id.into()), ..Template::default() }
}

fn wanted<'a>() -> Wanted<'a> {
    let values = Values { code: Some("123456"), minutes: 10, app: "Acme", purpose: "sign-in", parameters: &[] };
    Wanted { locale: "en", country: None, values, text: None, app_hash: None, sender: None }
}

fn composed(content: Content, own: &[Template], shared: &Shared, wanted: &Wanted<'_>) -> Result<Composed, TextError> {
    compose(Sources { own, senders: &[], content, shared }, wanted)
}

fn shared(templates: &[Template]) -> Shared {
    Shared { templates: templates.to_vec(), ending: None }
}

#[test]
fn a_registered_id_and_the_shared_text_stand_beside_each_other() {
    let (own, shared) = ([id("sign-in", "T1")], shared(&[text("sign-in", "Hi {{ code }}")]));
    for content in [Content::TemplateId, Content::Either] {
        let made = composed(content, &own, &shared, &wanted()).unwrap();
        assert_eq!((made.text.as_str(), made.template_id.as_deref()), ("Hi 123456", Some("T1")), "{content:?}");
        assert_eq!(made.parameters.len(), 1);
    }
    let made = composed(Content::Text, &own, &shared, &wanted()).unwrap();
    assert_eq!(made.text, "Hi 123456", "an id-only entry does not leave a component of texts without one");
}

#[test]
fn for_a_component_of_either_a_nearer_text_beats_a_farther_id() {
    let (own, shared) = ([id("generic", "T1")], shared(&[text("sign-in", "Hi {{ code }}")]));
    assert_eq!(composed(Content::Either, &own, &shared, &wanted()).unwrap().template_id, None);
    assert_eq!(composed(Content::TemplateId, &own, &shared, &wanted()).unwrap().template_id.as_deref(), Some("T1"));
}

#[test]
fn a_component_of_registered_templates_without_one_fails_and_says_for_what() {
    let none = composed(Content::TemplateId, &[], &shared(&[text("sign-in", "{{ code }}")]), &wanted());
    assert_eq!(none.unwrap_err(), TextError::NoTemplateId { purpose: "sign-in".into(), locale: "en".into() });
    let raw = Wanted { text: Some("hello"), ..wanted() };
    assert_eq!(
        composed(Content::TemplateId, &[id("generic", "T")], &Shared::default(), &raw).unwrap_err(),
        TextError::OwnText
    );
}

#[test]
fn a_text_that_it_does_not_send_keeps_no_component_from_sending() {
    let shared = shared(&[text("sign-in", "{{ code }} {{ shop }}")]);
    let made = composed(Content::TemplateId, &[id("generic", "T")], &shared, &wanted()).unwrap();
    assert_eq!((made.text.as_str(), made.template_id.as_deref()), ("", Some("T")));
    assert!(composed(Content::Text, &[], &shared, &wanted()).is_err());
}

#[test]
fn a_senders_id_beats_the_templates_in_its_country() {
    let senders = [Sender {
        countries: vec!["IN".into()],
        sender: Some("ACME".into()),
        template_id: Some("DLT".into()),
        entity_id: None,
        per_minute: None,
    }];
    let (own, none) = ([id("sign-in", "T1")], Shared::default());
    let in_country = |country| {
        let sources = Sources { own: &own, senders: &senders, content: Content::Either, shared: &none };
        compose(sources, &Wanted { country: Some(country), ..wanted() }).unwrap()
    };
    assert_eq!((in_country("IN").template_id.as_deref(), in_country("IN").id_from), (Some("DLT"), None));
    assert_eq!((in_country("DE").template_id.as_deref(), in_country("DE").sender), (Some("T1"), None));
}

#[test]
fn the_requests_hash_beats_the_templates_ending_and_that_the_environments() {
    let origin = |host: &str| Ending::Origin(Origin { host: host.into(), embedded_host: None });
    let with = |ending| Shared {
        ending: Some(origin("a.example")),
        templates: vec![Template { ending, ..text("sign-in", "{{ code }}") }],
    };
    let line = |shared: &Shared, wanted: &Wanted<'_>| composed(Content::Text, &[], shared, wanted).unwrap().text;
    assert_eq!(line(&with(None), &wanted()), "123456\n@a.example #123456");
    assert_eq!(line(&with(Some(origin("b.example"))), &wanted()), "123456\n@b.example #123456");
    assert_eq!(line(&with(Some(Ending::None)), &wanted()), "123456");
    let app = Wanted { app_hash: Some("FA+9qCX9VSu"), ..wanted() };
    assert_eq!(line(&with(Some(origin("b.example"))), &app), "123456\nFA+9qCX9VSu");
    let raw = Wanted { text: Some("as it is"), ..wanted() };
    assert_eq!(line(&with(None), &raw), "as it is");
}

#[test]
fn a_value_cannot_write_the_line_that_a_browser_reads() {
    let values = Values {
        parameters: &[Pair { name: "shop".into(), value: "@evil.example #123456".into() }],
        ..wanted().values
    };
    let texts = shared(&[text("sign-in", "{{ code }}\n{{ shop }}")]);
    let refused = composed(Content::Text, &[], &texts, &Wanted { values, ..wanted() }).unwrap_err();
    assert_eq!(refused, TextError::OwnEnding("@evil.example #{{ code }}".into()));
}
