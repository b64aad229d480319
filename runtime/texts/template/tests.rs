use super::*;

fn text(purpose: &str, locale: Option<&str>, text: &str) -> Template {
    Template {
        purpose: purpose.into(),
        locale: locale.map(Into::into),
        text: Some(text.into()),
        template_id: None,
        template_locale: None,
        parameters: None,
    }
}

fn values<'a>() -> Values<'a> {
    Values { code: Some("123456"), minutes: 10, app: "Böse & Söhne", purpose: "sign-in", parameters: &[] }
}

#[test]
fn purpose_comes_before_locale_and_locale_before_generic() {
    let shared = [
        text("generic", Some("pl"), "1 {{code}}"),
        text("sign-in", None, "2 {{code}}"),
        text("sign-in", Some("pl"), "3 {{code}}"),
    ];
    let picked = |purpose, locale| choose(purpose, locale, &[], &shared).and_then(|t| t.text.clone()).unwrap();
    assert_eq!(picked("sign-in", "pl-PL"), "3 {{code}}");
    assert_eq!(picked("sign-in", "de"), "2 {{code}}");
    assert_eq!(picked("register", "pl"), "1 {{code}}");
    assert!(choose("register", "de", &[], &shared).is_none(), "only the built-in text is left");
}

#[test]
fn a_connectors_own_text_beats_the_environments_at_the_same_step_only() {
    let own = [text("generic", None, "own {{code}}")];
    let shared = [text("generic", None, "shared {{code}}"), text("sign-in", None, "shared sign-in {{code}}")];
    assert_eq!(choose("register", "en", &own, &shared).unwrap(), &own[0]);
    assert_eq!(choose("sign-in", "en", &own, &shared).unwrap(), &shared[1]);
}

#[test]
fn a_locale_is_shortened_from_the_right() {
    assert_eq!(fallbacks("zh-Hant-TW"), [Some("zh-Hant-TW"), Some("zh-Hant"), Some("zh"), None]);
    assert_eq!(fallbacks(""), [None]);
}

#[test]
fn nothing_in_a_text_is_escaped() {
    let out = render(Some(&text("sign-in", None, "{{ app }}: <{{ code }}>")), &values()).unwrap();
    assert_eq!(out, "Böse & Söhne: <123456>");
}

#[test]
fn the_built_in_text_stands_behind_everything() {
    assert_eq!(render(None, &values()).unwrap(), "123456 is your verification code. It is valid for 10 minutes.");
}

#[test]
fn parameters_of_the_caller_cannot_shadow_the_code() {
    let parameters =
        [Pair { name: "code".into(), value: "000000".into() }, Pair { name: "shop".into(), value: "7".into() }];
    let values = Values { parameters: &parameters, ..values() };
    assert_eq!(render(Some(&text("x", None, "{{code}} {{shop}}")), &values).unwrap(), "123456 7");
}

#[test]
fn a_faulty_template_is_refused_when_it_is_saved() {
    assert_eq!(validate(&text("sign-in", None, "hello")), Err(TemplateError::NoCode));
    assert!(matches!(validate(&text("sign-in", None, "{{ cod }}")), Err(TemplateError::Render(_))));
    assert!(matches!(validate(&text("sign-in", None, "{{ code ")), Err(TemplateError::Render(_))));
    assert!(matches!(validate(&text("", None, "{{ code }}")), Err(TemplateError::Field("purpose"))));
    assert_eq!(validate(&Template { text: None, ..text("x", None, "") }), Err(TemplateError::OneOf));
    assert!(matches!(validate(&text("x", None, &"{{ code }}".repeat(300))), Err(TemplateError::TooLong(1800))));
    assert_eq!(validate(&text("sign-in", Some("pt-BR"), "{{ code }} – {{ app }}, {{ minutes }} min")), Ok(()));
}

#[test]
fn a_template_that_loops_is_cut() {
    let endless = text(
        "x",
        None,
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}{{ code }}",
    );
    assert!(matches!(validate(&endless), Err(TemplateError::Render(_))));
}

#[test]
fn a_registered_template_gets_its_values_in_its_order() {
    let template = Template {
        text: None,
        template_id: Some("T1".into()),
        parameters: Some(vec!["minutes".into(), "code".into()]),
        ..text("x", None, "")
    };
    let pairs = parameters(&template, &values());
    assert_eq!(pairs.iter().map(|p| p.value.as_str()).collect::<Vec<_>>(), ["10", "123456"]);
    assert_eq!(parameters(&Template { parameters: None, ..template }, &values()).len(), 1);
}
