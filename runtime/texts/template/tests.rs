use super::*;

fn text(purpose: &str, locale: Option<&str>, text: &str) -> Template {
    let locale = locale.map(Into::into);
    Template { purpose: purpose.into(), locale, text: Some(text.into()), ..Template::default() }
}

fn values<'a>() -> Values<'a> {
    Values { code: Some("123456"), minutes: 10, app: "Acme", purpose: "sign-in", parameters: &[] }
}

fn judged(template: &Template) -> Result<(), TextError> {
    validate(template, "Acme", None)
}

fn any(_: &Template) -> bool {
    true
}

#[test]
fn purpose_comes_before_locale_and_locale_before_generic() {
    let shared = [
        text("generic", Some("pl"), "1 {{code}}"),
        text("sign-in", None, "2 {{code}}"),
        text("sign-in", Some("pl"), "3 {{code}}"),
    ];
    let picked =
        |purpose, locale| choose(purpose, locale, &[], &shared, any).and_then(|(_, t)| t.text.clone()).unwrap();
    assert_eq!(picked("sign-in", "pl-PL"), "3 {{code}}");
    assert_eq!(picked("sign-in", "de"), "2 {{code}}");
    assert_eq!(picked("register", "PL"), "1 {{code}}");
    assert!(choose("register", "de", &[], &shared, any).is_none(), "only the built-in text is left");
}

#[test]
fn a_connectors_own_text_beats_the_environments_at_the_same_step_only() {
    let own = [text("generic", None, "own {{code}}")];
    let shared = [text("generic", None, "shared {{code}}"), text("sign-in", None, "shared sign-in {{code}}")];
    assert_eq!(choose("register", "en", &own, &shared, any).unwrap(), (Source::Connector, &own[0]));
    assert_eq!(choose("sign-in", "en", &own, &shared, any).unwrap(), (Source::Environment, &shared[1]));
}

#[test]
fn a_faulty_template_is_refused_when_it_is_saved() {
    assert_eq!(judged(&text("sign-in", None, "hello")), Err(TextError::NoCode));
    let only_at_ten = "{% if minutes > 5 %}{{ code }}{% endif %}";
    assert_eq!(judged(&text("sign-in", None, only_at_ten)), Err(TextError::NoCode));
    assert!(matches!(judged(&text("sign-in", None, "{{ cod }}")), Err(TextError::Render(_))));
    assert_eq!(judged(&text("Sign In", None, "{{ code }}")), Err(TextError::Purpose));
    assert_eq!(judged(&text("sign-in", Some("en_US"), "{{ code }}")), Err(TextError::Locale("en_US".into())));
    assert_eq!(judged(&Template { text: None, ..text("x", None, "") }), Err(TextError::Nothing));
    assert_eq!(judged(&text("sign-in", Some("pt-BR"), "{{ code }} – {{ app }}, {{ minutes }} min")), Ok(()));
}

#[test]
fn a_text_may_speak_of_the_parameters_that_it_names() {
    let shop = text("sign-in", None, "{{ code }} for {{ shop }}");
    assert!(matches!(judged(&shop), Err(TextError::Render(_))));
    assert_eq!(judged(&Template { parameters: Some(vec!["shop".into()]), ..shop }), Ok(()));
}

#[test]
fn the_last_line_is_the_services_to_write() {
    let own = text("sign-in", None, "{{ code }}\n@shop.example #{{ code }}");
    assert_eq!(judged(&own), Err(TextError::OwnEnding("@shop.example #{{ code }}".into())));
}

#[test]
fn a_text_has_room_for_the_longest_code_before_an_apps_hash() {
    let ending = Ending::AppHash("FA+9qCX9VSu".into());
    let of = |n| text("x", None, &format!("{{{{ code }}}}{}", "a".repeat(n)));
    assert_eq!(validate(&of(118), "Acme", Some(&ending)), Ok(()));
    assert_eq!(validate(&of(119), "Acme", Some(&ending)), Err(TextError::TooLongForApp(141)));
    assert_eq!(validate(&Template { ending: Some(Ending::None), ..of(119) }, "Acme", Some(&ending)), Ok(()));
}

#[test]
fn a_registered_template_gets_its_values_in_its_order_and_the_code_is_always_among_them() {
    let told = |names: Option<&[&str]>, needs, values: &Values<'_>| {
        let names: Option<Vec<String>> = names.map(|names| names.iter().map(|name| (*name).into()).collect());
        parameters(names.as_deref(), values, needs)
            .map(|pairs| pairs.iter().map(|p| format!("{}={}", p.name, p.value)).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(told(Some(&["minutes", "code"]), true, &values()).unwrap(), "minutes=10 code=123456");
    assert_eq!(told(None, true, &values()).unwrap(), "code=123456");
    assert_eq!(told(Some(&["shop"]), false, &values()).unwrap(), "code=123456");
    assert_eq!(told(Some(&["shop"]), true, &values()), Err(TextError::MissingParameter("shop".into())));
    let own = [Pair { name: "b".into(), value: "1".into() }, Pair { name: "a".into(), value: "2".into() }];
    assert_eq!(told(None, true, &Values { code: None, parameters: &own, ..values() }).unwrap(), "b=1 a=2");
    let unnamed = Template {
        template_id: Some("T".into()),
        parameters: Some(vec!["shop".into()]),
        ..text("x", None, "{{ code }}")
    };
    assert_eq!(judged(&unnamed), Err(TextError::NoCodeParameter));
}
