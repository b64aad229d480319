use super::*;

fn coverage(content: Content, own: &[Template], senders: &[sender::Sender], shared: &[Template]) -> Vec<Reason> {
    super::coverage(content, own, senders, shared, |_| true)
}

fn text(text: &str) -> Template {
    Template { purpose: "sign-in".into(), text: Some(text.into()), ..Template::default() }
}

fn id(purpose: &str, locale: Option<&str>) -> Template {
    let locale = locale.map(Into::into);
    Template { purpose: purpose.into(), locale, template_id: Some("T1".into()), ..Template::default() }
}

fn told(source: &str) -> Vec<(&'static str, String)> {
    templates(&[text(source)], "Acme", None).into_iter().map(|warning| (warning.code, warning.text)).collect()
}

#[test]
fn a_plain_text_is_not_warned_about() {
    assert_eq!(told("{{ code }} is your {{ app }} code."), []);
}

#[test]
fn a_character_that_multiplies_the_cost_is_named_with_its_place_and_what_would_do() {
    let warnings = told(&format!("{{{{ app }}}}: {{{{ code }}}} – {}", "a".repeat(120)));
    let codes: Vec<_> = warnings.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["segments", "costly-character"]);
    let words = &warnings[1].1;
    assert!(words.contains("`–` (U+2013) at character 23 "), "{words}");
    assert!(words.contains("3 parts instead of 1") || words.contains("2 parts instead of 1"), "{words}");
    assert!(words.contains("`-` would do"), "{words}");
}

#[test]
fn letters_of_another_script_are_what_they_are_and_an_emoji_is_not() {
    assert_eq!(told("{{ app }} 验证码：{{ code }}，请勿泄露。"), []);
    assert_eq!(told("Kod {{ app }}: {{ code }}. Ważny 10 minut.")[0].0, "costly-character");
    let (code, words) = &told("🔑 {{ app }}: {{ code }}")[0];
    assert!(
        *code == "costly-character" && words.contains("at character 1 ") && words.contains("nothing like it"),
        "{words}"
    );
}

#[test]
fn a_link_and_a_missing_name_are_told() {
    let warnings = told("{{ code }} or go to https://acme.example/x");
    assert_eq!(warnings.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["link", "no-app-name"]);
}

#[test]
fn a_connector_of_registered_templates_is_told_which_purposes_have_none() {
    let covered = coverage(Content::TemplateId, &[id("generic", None)], &[], &[]);
    assert_eq!(covered, []);
    let of_one_language =
        coverage(Content::TemplateId, &[id("generic", Some("zh")), id("sign-in", None)], &[], &[text("x")]);
    assert!(
        of_one_language[0].text.contains("register") && !of_one_language[0].text.contains("sign-in"),
        "{of_one_language:?}"
    );
    let everywhere = sender::Sender {
        countries: vec!["*".into()],
        sender: None,
        template_id: Some("T".into()),
        entity_id: None,
        per_minute: None,
    };
    assert_eq!(coverage(Content::TemplateId, &[], &[everywhere], &[]), []);
}

#[test]
fn a_closed_purpose_needs_no_template() {
    let warned =
        super::coverage(Content::TemplateId, &[id("sign-in", None)], &[], &[], |purpose| purpose != "link-account");
    assert!(warned[0].text.contains("mfa-setup") && !warned[0].text.contains("link-account"), "{warned:?}");
    assert_eq!(super::coverage(Content::TemplateId, &[], &[], &[], |_| false), []);
}

#[test]
fn an_id_that_the_component_does_not_read_is_told() {
    let unread = coverage(Content::Text, &[text("{{ code }}"), id("sign-in", None)], &[], &[]);
    assert_eq!(unread[0].pointer.as_deref(), Some("/templates/1/template_id"));
    assert_eq!(coverage(Content::Either, &[id("sign-in", None)], &[], &[]), []);
}

#[test]
fn a_text_for_another_site_than_the_environments_is_told() {
    let to = |host: &str| Ending::Origin(ending::Origin { host: host.into(), embedded_host: None });
    let told = |own: Option<Ending>, environments: Option<&Ending>| {
        let text = Template { ending: own, ..text("{{ app }}: {{ code }}") };
        let told = templates(&[text], "Acme", environments);
        told.into_iter().map(|warning| (warning.code, warning.pointer.unwrap_or_default())).collect::<Vec<_>>()
    };
    let shop = to("shop.example");
    let other = ("other-site", "/templates/0/ending".to_owned());
    assert_eq!(told(Some(to("pay.example")), Some(&shop)), [other]);
    assert_eq!(told(Some(to("shop.example")), Some(&shop)), []);
    assert_eq!(told(None, Some(&shop)), []);
    assert_eq!(told(Some(Ending::None), Some(&shop)), []);
    assert_eq!(told(Some(to("pay.example")), None), []);
}
