use super::*;

fn origin(host: &str, embedded_host: Option<&str>) -> Ending {
    Ending::Origin(Origin { host: host.into(), embedded_host: embedded_host.map(Into::into) })
}

#[test]
fn an_origin_bound_line_is_the_last_and_exactly_as_browsers_read_it() {
    let (text, line) = origin("shop.example", None).close("1234 is your code.".into(), "1234").unwrap();
    assert_eq!(
        (text.as_str(), line.as_deref()),
        ("1234 is your code.\n@shop.example #1234", Some("@shop.example #1234"))
    );
    let (text, _) = origin("shop.example", Some("pay.example")).close("1234".into(), "1234").unwrap();
    assert_eq!(text, "1234\n@shop.example #1234 @pay.example");
}

#[test]
fn an_app_hash_comes_last_and_the_whole_has_at_most_140_bytes() {
    let hash = Ending::AppHash("FA+9qCX9VSu".into());
    let room = APP_BYTES_MAX - 12;
    let (text, _) = hash.close("a".repeat(room), "1").unwrap();
    assert!(text.len() == APP_BYTES_MAX && text.ends_with("\nFA+9qCX9VSu"));
    assert_eq!(hash.close("a".repeat(room + 1), "1"), Err(TextError::TooLongForApp(141)));
    // UCS-2 takes two bytes a unit on the air, whatever UTF-8 takes.
    assert_eq!(hash.close(format!("ą{}", "a".repeat(58)), "1"), Err(TextError::TooLongForApp(142)));
    assert!(hash.close(format!("ą{}", "a".repeat(57)), "1").is_ok());
}

#[test]
fn a_line_that_is_there_is_not_doubled() {
    let hash = Ending::AppHash("FA+9qCX9VSu".into());
    assert_eq!(hash.close("1234\nFA+9qCX9VSu".into(), "1234").unwrap().0, "1234\nFA+9qCX9VSu");
    assert_eq!(origin("a.example", None).close("x\n@a.example #12".into(), "12").unwrap().0, "x\n@a.example #12");
}

#[test]
fn a_host_is_what_a_browser_compares() {
    for good in ["shop.example", "a-b.co.uk", "xn--bcher-kva.example", "localhost"] {
        assert_eq!(origin(good, Some(good)).validate(), Ok(()), "{good}");
    }
    for bad in [
        "",
        "shop",
        "shop.example:8443",
        "shop.example/x",
        "a b.example",
        "-a.example",
        "a_b.example",
        "127.0.0.1",
        "[::1]",
        "@a.example",
        "a..example",
    ] {
        assert!(matches!(origin(bad, None).validate(), Err(TextError::Host { .. })), "{bad}");
        assert!(origin("shop.example", Some(bad)).validate().is_err(), "{bad}");
    }
    for (given, meant) in [
        ("Shop.Example", "shop.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("https://shop.example/", "shop.example"),
    ] {
        let refused = origin(given, None).validate().unwrap_err().to_string();
        assert!(refused.contains(&format!("write `{meant}`")), "{refused}");
    }
}

#[test]
fn an_app_hash_has_eleven_characters_of_base64() {
    assert_eq!(app_hash("FA+9qCX9VSu"), Ok(()));
    assert!(
        ["", "FA+9qCX9VS", "FA+9qCX9VSuu", "FA-9qCX9VSu", "FA+9qCX9VS="].iter().all(|hash| app_hash(hash).is_err())
    );
}

#[test]
fn a_code_with_white_space_is_no_origin_bound_code() {
    assert_eq!(origin("a.example", None).line("12 34"), Err(TextError::CodeInLine));
    assert_eq!(own_line("hello\n@a.example #12"), Some("@a.example #12"));
    assert_eq!([own_line("@ #12"), own_line("mail a@b.example #12"), own_line("@a.example #12\nbye")], [None; 3]);
}

#[test]
fn the_site_is_the_environments_or_the_first_that_a_text_names() {
    let template = |ending: Ending| Template { ending: Some(ending), ..Template::default() };
    let host = |own: &[Template], shared: &Shared| site(own, shared).map(|site| site.host.clone());
    let own = [template(Ending::None), template(origin("own.example", None))];
    let shared = Shared { templates: vec![template(origin("one.example", None))], ending: None };
    assert_eq!(host(&own, &shared).as_deref(), Some("own.example"));
    assert_eq!(host(&[], &shared).as_deref(), Some("one.example"));
    assert_eq!(
        host(&own, &Shared { ending: Some(origin("all.example", None)), ..shared }).as_deref(),
        Some("all.example")
    );
    let of_app = Shared { templates: Vec::new(), ending: Some(Ending::AppHash("FA+9qCX9VSu".into())) };
    assert_eq!(host(&[], &of_app), None);
}
