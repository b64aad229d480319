use super::*;

fn from(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let owned: Vec<_> = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Config::from_parts(None, &owned)
}

#[test]
fn a_variable_sets_what_its_name_says() {
    let config = from(&[
        ("COUNTERSIGN_SERVER__LISTEN", "127.0.0.1:9"),
        ("COUNTERSIGN_SANDBOX__CPU_MS", "7"),
        ("COUNTERSIGN_SERVER__HOSTS", "a.example, b.example"),
        ("HOME", "/root"),
    ])
    .unwrap();
    assert_eq!(config.server.listen.port(), 9);
    assert_eq!(config.sandbox.cpu_ms, 7);
    assert_eq!(config.server.hosts, ["a.example", "b.example"]);
}

#[test]
fn a_section_within_a_section_can_be_set_by_variables_alone() {
    let config = from(&[
        ("COUNTERSIGN_SERVER__PUBLIC_URL", "https://otp.example.com"),
        ("COUNTERSIGN_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("COUNTERSIGN_SERVER__TLS__ACME__TERMS_AGREED", "true"),
    ])
    .unwrap();
    assert!(config.server.tls.unwrap().acme.unwrap().terms_agreed);
    assert_eq!(config.server.trusted_proxies.len(), 2);
    let error = from(&[("COUNTERSIGN_SERVER__TLS__ACME__TERMS_AGREED", "yes")]).unwrap_err().to_string();
    assert!(error.contains("server.tls.acme.terms_agreed"), "{error}");
    let error = from(&[("COUNTERSIGN_SERVER__TRUSTED_PROXIES", "proxy.example")]).unwrap_err().to_string();
    assert!(error.contains("proxy.example"), "{error}");
}

#[test]
fn with_tls_of_its_own_the_public_address_is_https() {
    let error = from(&[
        ("COUNTERSIGN_SERVER__PUBLIC_URL", "http://otp.example.com"),
        ("COUNTERSIGN_SERVER__TLS__CERTIFICATE", "c.pem"),
        ("COUNTERSIGN_SERVER__TLS__KEY", "k.pem"),
    ]);
    assert!(error.unwrap_err().to_string().contains("server.public_url"));
}

#[test]
fn a_variable_that_names_no_option_is_refused_by_name() {
    let error = from(&[("COUNTERSIGN_SERVER__LISTN", "x")]).unwrap_err();
    assert!(error.to_string().contains("COUNTERSIGN_SERVER__LISTN"), "{error}");
}

#[test]
fn a_bad_value_names_its_option_and_a_secret_is_never_shown() {
    assert!(from(&[("COUNTERSIGN_SANDBOX__CPU_MS", "many")]).unwrap_err().to_string().contains("sandbox.cpu_ms"));
    assert!(from(&[("COUNTERSIGN_SANDBOX__MEMORY_MIB", "0")]).unwrap_err().to_string().contains("sandbox.memory_mib"));
    let error = from(&[("COUNTERSIGN_ADMIN_KEY", "tooshort-canary")]).unwrap_err().to_string();
    assert!(error.contains("COUNTERSIGN_ADMIN_KEY") && !error.contains("canary"), "{error}");
}

#[test]
fn a_proxys_password_is_shown_by_no_error_and_no_dump() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("c.toml");
    for (text, word) in [
        ("[egress]\nproxy = \"http://me:canary@proxy.example:3128\n", "line 2"),
        ("[egress]\nproxy = \"ftp://me:canary@proxy.example:3128\"\n", "a proxy is http://"),
        ("[egress]\nproxy = [\"http://me:canary@proxy.example:3128\"]\n", "c.toml"),
        ("[egress]\nproxy = \"http://me:canary@h:1\"\nproxy_file = \"p\"\n", "egress.proxy_file"),
        ("[egress]\nproxy_resolves = true\n", "egress.proxy_resolves"),
    ] {
        std::fs::write(&file, text).unwrap();
        let error = Config::from_parts(Some(&file), &[]).unwrap_err().to_string();
        assert!(error.contains(word) && !error.contains("canary"), "{error}");
    }
    let error = from(&[("COUNTERSIGN_EGRESS__PROXY", "http://me:canary@h:1/x")]).unwrap_err().to_string();
    assert!(!error.contains("canary"), "{error}");
    let config = from(&[("COUNTERSIGN_EGRESS__PROXY", "http://me:canary@h:1")]).unwrap();
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
}

#[test]
fn a_database_is_named_and_its_password_is_shown_by_no_error_and_no_dump() {
    let named = |url: &str| from(&[("COUNTERSIGN_STORE", url)]);
    let config = named("postgres://otp:can%40ary@db1.example,db2.example:6432/codes?sslmode=require").unwrap();
    let store = config.store.as_ref().unwrap();
    assert_eq!(store.place(), "db1.example:5432,db2.example:6432/codes");
    assert!(store.secret().expose().contains("can%40ary"));
    let dumped = format!("{config:?}");
    assert!(!dumped.contains("ary@") && !dumped.contains("otp:") && dumped.contains("db1.example"), "{dumped}");
    assert_eq!(
        named("postgresql:///codes?host=/run/postgresql").unwrap().store.unwrap().place(),
        "/run/postgresql/codes"
    );
    for (url, says) in [
        ("sqlite:///var/lib/countersign", "data.dir"),
        ("mysql://u:canary@h/d", "begins with postgres:// or postgresql://"),
        ("host=h password=canary", "begins with postgres:// or postgresql://"),
        ("postgres://u:canary@h:port/d", "port"),
        ("postgres://u:canary@h/d?sslrootcert=/x", "sslrootcert"),
        ("postgres://u:p@ss?canary=1@h/d", "%40"),
        ("postgres://u:canary@/d", "names no host"),
    ] {
        let error = named(url).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("store") && !error.contains("canary"), "{url}: {error}");
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("c.toml");
    for (text, says) in [
        ("store = postgres://u:canary@h/d\n", "line 1"),
        ("store = [\"postgres://u:canary@h/d\"]\n", "store"),
        ("store = \"mysql://u:canary@h/d\"\n", "store"),
        ("[postgres]\npooler = true\n", "postgres.pooler"),
        ("[postgres]\nca_file = \"ca.pem\"\n", "postgres.ca_file"),
        ("store = \"postgres://h/d\"\n[postgres]\nconnections = 3\n", "postgres.connections"),
        ("[store]\nurl = \"x\"\n", "store"),
    ] {
        std::fs::write(&file, text).unwrap();
        let error = Config::from_parts(Some(&file), &[]).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("canary"), "{text}: {error}");
    }
    std::fs::write(&file, "store = \"postgres://h/d\"\n[postgres]\npooler = true\nconnections = 4\n").unwrap();
    let variable = ("COUNTERSIGN_STORE".to_owned(), "postgres://other/d".to_owned());
    let config = Config::from_parts(Some(&file), &[variable]).unwrap();
    assert_eq!(config.store.unwrap().place(), "other:5432/d", "the variable beats the file");
    assert!(config.postgres.pooler && config.postgres.connections == 4);
    assert!(from(&[]).unwrap().store.is_none(), "SQLite unless it is set");
}

#[test]
fn a_source_address_is_one_or_one_of_each_family() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("c.toml");
    for (text, count) in [("\"203.0.113.7\"", 1), ("[\"203.0.113.7\", \"2001:db8::7\"]", 2), ("[]", 0)] {
        std::fs::write(&file, format!("[egress]\nsource_address = {text}\n")).unwrap();
        assert_eq!(Config::from_parts(Some(&file), &[]).unwrap().egress.source_address.len(), count);
    }
    let two = from(&[("COUNTERSIGN_EGRESS__SOURCE_ADDRESS", "203.0.113.7, 2001:db8::7")]).unwrap();
    assert_eq!(two.egress.source_address.len(), 2);
    let error = from(&[("COUNTERSIGN_EGRESS__SOURCE_ADDRESS", "eth0")]).unwrap_err().to_string();
    assert!(error.contains("eth0") && error.contains("source_address"), "{error}");
}

#[test]
fn an_unknown_option_in_the_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("c.toml");
    std::fs::write(&file, "[server]\nlisten = \"127.0.0.1:1\"\nlisen = 3\n").unwrap();
    let error = Config::from_parts(Some(&file), &[]).unwrap_err().to_string();
    assert!(error.contains("lisen") && error.contains("c.toml"), "{error}");
}

#[test]
fn the_example_file_shows_every_option_and_no_other() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/countersign.example.toml")).unwrap();
    let mut section = String::new();
    let mut seen = Vec::new();
    for line in text.lines().map(|l| l.trim_start_matches("# ").trim()) {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            section = name.to_owned();
            if matches!(section.as_str(), "egress.overrides" | "oidc.roles") {
                seen.push(section.clone());
            }
        } else if let Some((key, _)) =
            line.split_once(" = ").filter(|(k, _)| k.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        {
            seen.push(if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") });
        }
    }
    seen.sort();
    let mut known: Vec<String> = OPTIONS.iter().map(|(path, _)| (*path).to_owned()).collect();
    known.sort();
    assert_eq!(seen, known);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("c.toml");
    std::fs::write(&file, text).unwrap();
    Config::from_parts(Some(&file), &[]).expect("the example file is itself valid");
}

#[test]
fn secrets_for_connectors_that_apply_reads_do_not_keep_the_service_from_starting() {
    let variable = |name: &str| (name.to_owned(), "value".to_owned());
    Config::from_parts(None, &[variable("COUNTERSIGN_SECRET_PRODUCTION_TWILIO_AUTH_TOKEN")]).unwrap();
    assert!(Config::from_parts(None, &[variable("COUNTERSIGN_SECRETS")]).is_err());
}

#[test]
fn signing_in_elsewhere_needs_a_provider_over_tls_and_roles_for_a_claim() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("c.toml");
    let read = |text: &str| {
        std::fs::write(&file, format!("[oidc]\n{text}")).unwrap();
        Config::from_parts(Some(&file), &[("COUNTERSIGN_OIDC__CLIENT_SECRET".to_owned(), "canary".to_owned())])
    };
    let fine = "issuer = \"https://id.example.com\"\nclient_id = \"countersign\"\n";
    let config = read(fine).unwrap().oidc.unwrap();
    assert_eq!(config.secret().unwrap().unwrap().expose(), "canary");
    assert!(!format!("{config:?}").contains("canary"));
    read(&format!("{fine}roles_claim = \"groups\"\n[oidc.roles]\nops = [\"operate\"]\n")).unwrap();
    for (text, names) in [
        ("issuer = \"http://id.example.com\"\nclient_id = \"x\"\n".to_owned(), "oidc.issuer"),
        ("issuer = \"https://id.example.com\"\n".to_owned(), "client_id"),
        (format!("{fine}roles_claim = \"groups\"\n"), "oidc.roles"),
        (format!("{fine}[oidc.roles]\nops = [\"operate\"]\n"), "oidc.roles_claim"),
        (format!("{fine}roles_claim = \"g\"\n[oidc.roles]\nops = [\"king\"]\n"), "king"),
        (format!("{fine}client_secret_file = \"/x\"\n"), "oidc.client_secret_file"),
        (format!("{fine}client_secret = \"x\"\n"), "client_secret"),
        (format!("{fine}session_hours = 0\n"), "oidc.session_hours"),
        (format!("{fine}session_hours = 169\n"), "oidc.session_hours"),
    ] {
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(names), "{names}: {error}");
    }
}

#[test]
fn traces_go_to_a_collector_whose_token_leaves_in_the_open_only_on_this_machine() {
    let dir = tempfile::tempdir().unwrap();
    let (file, headers) = (dir.path().join("c.toml"), dir.path().join("headers"));
    std::fs::write(&headers, "authorization: Bearer canary\n").unwrap();
    let read = |text: &str, variables: &[(&str, &str)]| {
        std::fs::write(&file, format!("[traces]\n{text}")).unwrap();
        let variables: Vec<_> = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::from_parts(Some(&file), &variables)
    };
    let variable = ("COUNTERSIGN_TRACES__HEADERS", "authorization: Bearer canary");
    let config = read("endpoint = \"https://otel.example\"\nsample = 1\n", &[variable]).unwrap();
    assert_eq!(config.traces.address().unwrap().as_str(), "https://otel.example/v1/traces");
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
    let sampled = read("endpoint = \"http://10.0.0.1/x\"\n", &[("COUNTERSIGN_TRACES__SAMPLE", "0.25")]).unwrap();
    assert_eq!((sampled.traces.sample, sampled.traces.address().unwrap().path()), (0.25, "/x"));
    let from_file = format!("headers_file = {headers:?}\n");
    let fine = format!("endpoint = \"http://localhost:4318\"\n{from_file}");
    read(&fine, &[]).unwrap().traces.collector_headers().unwrap();
    for (text, variables, names) in [
        ("endpoint = \"collector:4318\"\n", &[][..], "traces.endpoint"),
        ("endpoint = \"nowhere\"\n", &[], "endpoint"),
        ("endpoint = \"https://me:canary@otel.example\"\n", &[], "traces.endpoint"),
        ("endpoint = \"http://otel.example\"\n", &[variable], "traces.endpoint"),
        (from_file.as_str(), &[], "traces.endpoint"),
        ("to_providers = true\n", &[], "traces.endpoint"),
        (fine.as_str(), &[variable], "traces.headers_file"),
        ("sample = 1.5\n", &[], "traces.sample"),
        ("sample = -0.1\n", &[], "traces.sample"),
        ("sample = nan\n", &[], "traces.sample"),
        ("", &[("COUNTERSIGN_TRACES__SAMPLE", "half")], "traces.sample"),
        ("", &[("COUNTERSIGN_TRACES__HEADERS", "Bearer canary")], "COUNTERSIGN_TRACES__HEADERS"),
        ("headers = \"canary\"\n", &[], "headers"),
        ("endpint = \"http://otel.example\"\n", &[], "endpint"),
    ] {
        let error = read(text, variables).unwrap_err().to_string();
        assert!(
            error.contains(names) && (!error.contains("canary") || text.starts_with("headers =")),
            "{names}: {error}"
        );
    }
}
