//! The examples of hooks: what they say exists, and their files parse.

use std::path::PathBuf;

use yaml_rust2::{Yaml, YamlLoader};

use crate::support::guests::root;

const SENDERS: [&str; 5] = ["logto", "supabase", "kratos", "zitadel", "generic"];

fn folder(sender: &str) -> PathBuf {
    root().join("examples/hooks").join(sender)
}

fn yaml(path: PathBuf) -> Yaml {
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    YamlLoader::load_from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())).remove(0)
}

#[test]
fn every_sender_has_a_page_with_its_settings_and_a_compose_file_with_both_sides() {
    for sender in SENDERS {
        let page = std::fs::read_to_string(folder(sender).join("README.md")).unwrap();
        assert!(page.contains(&format!("\"sender\": \"{sender}\"")) && page.contains("/hooks/"), "{sender}");
        let compose = yaml(folder(sender).join("compose.yaml"));
        let services = compose["services"].as_hash().unwrap();
        assert!(services.len() >= 2, "{sender}: Countersign and the sender");
        assert_eq!(compose["services"]["countersign"]["extends"]["file"].as_str(), Some("../countersign.yaml"));
        for service in services.values().filter(|service| service["extends"].is_badvalue()) {
            let image = service["image"].as_str().unwrap();
            assert!(image.contains(':') && !image.ends_with(":latest"), "{sender}: {image} is pinned");
        }
    }
    let shared = yaml(root().join("examples/hooks/countersign.yaml"));
    assert!(!shared["services"]["countersign"]["environment"].is_badvalue());
}

#[test]
fn the_files_that_kratos_reads_are_there_and_name_each_other() {
    let config = yaml(folder("kratos").join("kratos.yml"));
    let channel = &config["courier"]["channels"][0];
    assert_eq!((channel["id"].as_str(), channel["type"].as_str()), (Some("sms"), Some("http")));
    assert_eq!(channel["request_config"]["body"].as_str(), Some("file:///etc/config/kratos/sms.jsonnet"));
    let jsonnet = std::fs::read_to_string(folder("kratos").join("sms.jsonnet")).unwrap();
    assert!(jsonnet.starts_with("//") && jsonnet.contains("function(ctx)"));
    for field in ["login_code", "registration_code", "recovery_code", "verification_code", "expires_in_minutes"] {
        assert!(jsonnet.contains(field), "{field}");
    }
    let schema = std::fs::read_to_string(folder("kratos").join("identity.schema.json")).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&schema).unwrap()["properties"]["traits"].is_object());
}
