use super::*;

fn template(text: &str) -> Template {
    Template { purpose: "sign-in".into(), text: Some(text.into()), ..Template::default() }
}

fn values<'a>() -> Values<'a> {
    Values { code: Some("123456"), minutes: 10, app: "Böse & Söhne", purpose: "sign-in", parameters: &[] }
}

fn rendered(text: &str) -> Result<String, TextError> {
    render(Some(&template(text)), &values())
}

fn refused(text: &str) -> String {
    match rendered(text) {
        Err(TextError::Render(why)) => why,
        other => panic!("{text} → {other:?}"),
    }
}

#[test]
fn nothing_in_a_text_is_escaped() {
    assert_eq!(rendered("{{ app }}: <{{ code }}> \"'").unwrap(), "Böse & Söhne: <123456> \"'");
}

#[test]
fn the_built_in_text_stands_behind_everything() {
    assert_eq!(render(None, &values()).unwrap(), "123456 is your verification code. It is valid for 10 minutes.");
}

#[test]
fn white_space_is_kept_inside_and_not_at_the_ends() {
    assert_eq!(rendered("\n {{ code }}\r\n\r\n  {{ app }} \n\n").unwrap(), "123456\n\n  Böse & Söhne");
    assert_eq!(rendered("{{ code }}\u{0}x"), Err(TextError::Control(7)));
}

#[test]
fn minutes_is_a_number_so_that_a_text_can_count() {
    let source = template("{{ code }}: {{ minutes }} minute{% if minutes != 1 %}s{% endif %}");
    assert_eq!(render(Some(&source), &values()).unwrap(), "123456: 10 minutes");
    assert_eq!(render(Some(&source), &Values { minutes: 1, ..values() }).unwrap(), "123456: 1 minute");
}

#[test]
fn parameters_of_the_caller_cannot_shadow_the_code_nor_begin_a_line() {
    let parameters = [
        Pair { name: "code".into(), value: "000000".into() },
        Pair { name: "shop".into(), value: "7\n@evil.example #000000".into() },
    ];
    let values = Values { parameters: &parameters, ..values() };
    assert_eq!(render(Some(&template("{{code}} {{shop}}")), &values).unwrap(), "123456 7 @evil.example #000000");
}

#[test]
fn a_variable_that_is_not_there_is_an_error() {
    assert!(refused("{{ code }} {{ cod }}").contains("undefined"));
    assert_eq!(rendered("{{ code }} {{ shop | default('') }}").unwrap(), "123456");
    assert_eq!(rendered("hello"), Err(TextError::NoCode));
}

#[test]
fn no_template_costs_more_than_a_text_is_worth() {
    for source in [
        "{% set x = code ~ code %}{{ x }}",
        "{% for a in code %}{{ a }}{% endfor %}",
        "{%- include 'x' %}{{ code }}",
        "{% macro m() %}{% endmacro %}{{ code }}",
        "{{ code * 99999999 }}",
        "{{ code }}{{ range(9) }}",
        "{{ code | replace('1', app) }}",
        "{{ code ",
    ] {
        refused(source);
    }
    refused(&"a".repeat(4001));
    assert_eq!(rendered(&"{{ code }}".repeat(300)), Err(TextError::TooLong(1800)));
}
