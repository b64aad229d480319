use serde_json::json;

use super::{new, said};

/// What is written for what of the file that `countersign new` makes, and what the refusal says.
const FAULTS: &[(&str, &str, &[&str])] = &[
    ("[request]\n", "[request]\nmetod = \"GET\"\n", &["line 5: request.metod", "no such field"]),
    ("method = \"POST\"\n", "", &["request: it has no `method`"]),
    ("method = \"POST\"", "method = \"SEND\"", &["line 5: request.method", "one of GET"]),
    ("method = \"POST\"", "method = 7", &["request.method", "has to be a text"]),
    ("https://api.acme.example", "https://api.other.example", &["line 6: request.url", "not among `hosts`"]),
    ("https://api.acme.example", "https://u:p@api.acme.example", &["request.url", "user information"]),
    ("https://api.acme.example", "ftp://api.acme.example", &["request.url", "https://"]),
    ("https://api.acme.example", "{config.from}", &["request.url", "`hosts` of connector.toml has no `{config.from}`"]),
    ("/v1/messages", "/v1/{message.sender?}", &["request.url", "nothing can be left out here"]),
    (
        "[\"token\"]",
        "[\"tokem\"]",
        &["line 8: request.credentials.0", "no credential `tokem`", "does not name `token`"],
    ),
    (
        "{message.text}",
        "{message.txt}",
        &["line 13: request.json.text", "`{message.txt}` is no placeholder", "written twice"],
    ),
    ("{message.text}", "{config.frm}", &["request.json.text", "`config.frm` is no property of config.schema.json"]),
    ("{message.text}", "{config.api_token}", &["request.json.text", "`config.api_token` is a secret"]),
    ("{message.text}", "{message.text", &["request.json.text", "stands alone"]),
    ("{message.text}", "a } b", &["request.json.text", "stands alone"]),
    ("{message.text}", "{message.text:digits}", &["request.json.text", "`:digits` is no way to write this"]),
    ("{message.text}", "{message.text:upper}", &["`:upper` is no way to write this"]),
    ("{message.text}", "{message.parameters}", &["request.json.text", ":object"]),
    ("{message.text}", "{call.issued-at}", &["request.json.text", ":unix"]),
    ("{message.text}", "{signed.token}", &["request.json.text", "made by nothing"]),
    ("{message.text}", "{message.text|'never'|config.from}", &["request.json.text", "a text is always there"]),
    (
        "{message.sender|config.from}",
        "{message.sender}",
        &["line 12: request.json.from", "may be missing", "{message.sender?}"],
    ),
    ("{message.validity-seconds:number}", "{message.validity-seconds:number} s", &["`:number`", "stand alone"]),
    ("[request.json]", "[request]\nx = 1\n[request.json]", &["provider.toml, line 10"]),
    ("[answer]\n", "[request.form]\na = \"b\"\n[answer]\n", &["request.json", "one body"]),
    ("[answer]\n", "[request.headers]\n\"a b\" = \"x\"\n[answer]\n", &["request.headers.a b", "not a header's name"]),
    ("[answer]\n", "[request.headers]\nHost = \"x\"\n[answer]\n", &["request.headers.Host", "belongs to the host"]),
    ("[answer]\n", "[request.headers]\nContent-Type = \"x\"\n[answer]\n", &["`request.content_type`"]),
    ("[answer]\n", "[request.sign]\ntoken = \"x\"\n[answer]\n", &["request.sign.token", "of kind `hmac`"]),
    ("status = \"2xx\"", "status = \"2x\"", &["line 18: answer.success.status", "200-299"]),
    ("status = \"2xx\"", "body = true", &["answer.success", "needs an `is`"]),
    ("{ json = \"/id\" }", "{ json = \"id\" }", &["line 19: answer.message_id.json", "begins with /"]),
    ("{ json = \"/id\" }", "{ json = \"/id\", xml = \"/id\" }", &["answer.message_id", "exactly one of"]),
    ("{ json = \"/id\" }", "\"/id\"", &["answer.message_id", "has to be a table"]),
    ("{ json = \"/id\" }", "{ xml = \"a//b\" }", &["answer.message_id.xml", "local names"]),
    ("{ json = \"/id\" }", "{ regex = \"(a)(b)\" }", &["answer.message_id.regex", "one group"]),
    ("{ json = \"/id\" }", "{ regex = \"(\" }", &["answer.message_id.regex", "can't be used"]),
    ("{ json = \"/id\" }", "{ regex = \"(?:a{500}){500}\" }", &["answer.message_id.regex", "can't be used"]),
    ("{ json = \"/id\" }", "{ regex = '(a)\\1' }", &["answer.message_id.regex", "can't be used"]),
    ("code = { json = \"/code\" }\n", "", &["codes", "nothing says where"]),
    ("\"invalid-recipient\"", "\"invalid-number\"", &["codes.invalid_number", "`invalid-recipient`"]),
    (
        "\"invalid-recipient\"",
        "{ kind = \"other\", certainty = \"maybe\" }",
        &["codes.invalid_number.certainty", "`not-sent`"],
    ),
    ("[codes]\n", "[statuses]\nfour = \"other\"\n[codes]\n", &["statuses.four", "500-599"]),
    ("[codes]\n", "[codes]\ninvalid_number = \"other\"\n", &["line 2", "duplicate"]),
];

#[test]
fn every_fault_of_the_file_is_named_by_its_field_and_says_what_to_do() {
    let (_scratch, dir) = new("none");
    let file = dir.join("provider.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    for (find, replace, words) in FAULTS {
        assert_eq!(good.matches(find).count(), 1, "`{find}` is in the file once");
        std::fs::write(&file, good.replace(find, replace)).unwrap();
        let (built, text) = said(&["build", dir.to_str().unwrap()]);
        assert!(!built && text.contains("provider.toml"), "{find} → {replace}: {text}");
        for word in *words {
            assert!(text.contains(word), "{find} → {replace}: no `{word}` in\n{text}");
        }
    }
    assert!(!dir.join("acme.wasm").exists(), "nothing was built");
}

#[test]
fn all_faults_are_listed_at_once() {
    let (_scratch, dir) = new("none");
    let file = dir.join("provider.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        good.replace("{message.to}", "{to}").replace("/code", "code").replace("\"POST\"", "\"post\""),
    )
    .unwrap();
    let (_, text) = said(&["build", dir.to_str().unwrap()]);
    for word in ["request.method", "request.json.to", "answer.code.json"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn a_file_that_is_huge_or_deep_is_refused() {
    let (_scratch, dir) = new("none");
    let file = dir.join("provider.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    let with = |more: &str| good.replace("text = \"{message.text}\"", &format!("text = {more}"));
    let entries: String = (0..2100).map(|index| format!("k{index}=\"\"\n")).collect();
    for (text, word) in [
        (format!("{good}#{}", "x".repeat(70_000)), "65536 bytes"),
        (with(&format!("{}{}", "[".repeat(5000), "]".repeat(5000))), "provider.toml, line 13"),
        (with(&format!("{}{}", "[".repeat(20), "]".repeat(20))), "deeper than 16 levels"),
        (format!("{good}[request.query]\n{entries}"), "more than 2000 entries"),
        (with(&format!("\"{}\"", "{message.to}".repeat(4000))), "smaller"),
        (good.replace("{ json = \"/id\" }", &format!("{{ regex = \"{}\" }}", "a".repeat(600))), "512 bytes"),
    ] {
        std::fs::write(&file, text).unwrap();
        let (built, text) = said(&["build", dir.to_str().unwrap()]);
        assert!(!built && text.contains(word), "{word}: {}", text.chars().take(400).collect::<String>());
    }
    std::fs::write(&file, b"\xff").unwrap();
    assert!(said(&["build", dir.to_str().unwrap()]).1.contains("provider.toml is not UTF-8"));
}

/// XML is judged when it is written, not when it is sent.
#[test]
fn xml_is_a_document_whose_placeholders_stand_where_they_are_escaped() {
    let (_scratch, dir) = new("none");
    let file = dir.join("provider.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = good.split_once("[request.json]").unwrap();
    let (_, after) = rest.split_once("[answer]").unwrap();
    for (xml, word) in [
        ("<a>{message.text}", "not XML"),
        ("<a><![CDATA[{message.text}]]></a>", "no CDATA"),
        ("<a><!-- {message.text} --></a>", "text of an element"),
        ("<{message.text}/>", "not XML"),
        ("<!DOCTYPE a [<!ENTITY b \"{message.text}\">]><a>&b;</a>", "not XML"),
        ("<a>{message.sender?}</a>", "nothing can be left out here"),
    ] {
        std::fs::write(&file, format!("{before}xml = '{xml}'\n[answer]{after}")).unwrap();
        let (built, text) = said(&["build", dir.to_str().unwrap()]);
        assert!(!built && text.contains("request.xml") && text.contains(word), "{xml}: {text}");
    }
}

/// Two things that both would be the connector are a mistake, whichever was meant.
#[test]
fn a_folder_is_one_kind_of_connector() {
    let (scratch, dir) = new("none");
    let at = dir.to_str().unwrap();
    std::fs::write(dir.join("Cargo.toml"), "").unwrap();
    assert!(said(&["build", at]).1.contains("has a provider.toml and a Cargo.toml"));
    std::fs::remove_file(dir.join("Cargo.toml")).unwrap();
    let module = scratch.path().join("x.wasm");
    std::fs::write(&module, b"\0asm\x0d\0\x01\0").unwrap();
    let (packed, text) = said(&["pack", at, "--wasm", module.to_str().unwrap(), "-o", module.to_str().unwrap()]);
    assert!(!packed && text.contains("countersign build"), "{text}");
    let manifest = std::fs::read_to_string(dir.join("connector.toml")).unwrap();
    std::fs::write(dir.join("connector.toml"), manifest.replace("secrets = ", "build = \"make\"\nsecrets = ")).unwrap();
    assert!(said(&["build", at]).1.contains("`build = \"…\"`"));
    // The manifest's own faults are listed with those of the file.
    std::fs::write(dir.join("connector.toml"), manifest.replace("paths = ", "pats = ")).unwrap();
    std::fs::write(dir.join("provider.toml"), json!(null).to_string()).unwrap();
    let (_, text) = said(&["build", at]);
    assert!(text.contains("pats") && text.contains("provider.toml, line 1"), "{text}");
}
