//! The image, the compose file and the balancer before its nodes.

use countersign::config::{Config, Network};
use yaml_rust2::Yaml;

use super::{NOBODY, config, ends_within, text, yaml};
use crate::support::guests::root;

const NODES: [&str; 2] = ["node-1", "node-2"];

fn words(list: &Yaml) -> Vec<&str> {
    list.as_vec().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

/// What a service has, its own before what all nodes have in common.
fn of<'a>(compose: &'a Yaml, service: &str, what: &str) -> &'a Yaml {
    let (own, common) = (&compose["services"][service], &compose["x-node"]);
    if own[what].is_badvalue() { &common[what] } else { &own[what] }
}

#[test]
fn the_image_from_source_is_the_one_that_a_release_makes() {
    let (ours, released) = (text("Containerfile"), root().join("scripts/container/Containerfile"));
    let released = std::fs::read_to_string(released).unwrap();
    let last = ours.split("\nFROM scratch\n").nth(1).expect("nothing below the program");
    for kind in ["USER", "ENV", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"] {
        let said = |text: &str| text.lines().find(|line| line.starts_with(&format!("{kind} "))).map(str::to_owned);
        assert_eq!(said(last), said(&released), "{kind}");
        assert!(said(last).is_some(), "{kind}");
    }
    let toolchain = std::fs::read_to_string(root().join("rust-toolchain.toml")).unwrap();
    let image = ours.lines().find_map(|line| line.strip_prefix("FROM docker.io/library/rust:")).unwrap();
    let version = image.split('-').next().unwrap();
    assert!(toolchain.contains(&format!("channel = \"{version}.")), "{image} brings the pinned Rust");
}

#[test]
fn the_nodes_of_the_compose_file_share_a_key_and_a_database_and_no_folder() {
    let compose = yaml("compose.yaml");
    let mut folders = Vec::new();
    for node in NODES {
        assert_eq!(compose["services"][node]["<<"], compose["x-node"], "{node}");
        let volumes = words(of(&compose, node, "volumes"));
        folders.push(*volumes.iter().find(|volume| volume.ends_with(":/data")).unwrap());
        assert!(volumes.contains(&"./countersign.toml:/etc/countersign/countersign.toml:ro"), "{volumes:?}");
        assert_eq!(words(of(&compose, node, "secrets")), ["master-key"]);
    }
    assert_ne!(folders[0], folders[1]);
    let environment = &compose["x-node"]["environment"];
    assert_eq!(environment["COUNTERSIGN_MASTER_KEY__FILE"].as_str(), Some("/run/secrets/master-key"));
    assert_eq!(environment["COUNTERSIGN_CONFIG"].as_str(), Some("/etc/countersign/countersign.toml"));
    let store = environment["COUNTERSIGN_STORE"].as_str().unwrap();
    let store = store.replace("${POSTGRES_PASSWORD:?see env.example}", "password");
    let variables = [("COUNTERSIGN_STORE".to_owned(), store)];
    let read = Config::from_parts(None, &variables).unwrap();
    assert_eq!(read.store.unwrap().place(), "postgres:5432/countersign");
    assert_eq!(compose["services"]["postgres"]["environment"]["POSTGRES_DB"].as_str(), Some("countersign"));
}

#[test]
fn a_node_in_a_container_may_do_little_and_has_the_time_to_end() {
    let compose = yaml("compose.yaml");
    let node = &compose["x-node"];
    assert_eq!(node["user"].as_str(), Some(format!("{NOBODY}:{NOBODY}").as_str()));
    assert_eq!(node["read_only"].as_bool(), Some(true));
    assert_eq!(words(&node["cap_drop"]), ["ALL"]);
    assert_eq!(words(&node["security_opt"]), ["no-new-privileges:true"]);
    assert_eq!(words(&node["healthcheck"]["test"]), ["CMD", "/countersign", "health"]);
    assert!(node["mem_limit"].as_str().is_some());
    let grace = node["stop_grace_period"].as_str().unwrap().trim_end_matches('s').parse::<i64>().unwrap();
    assert!(grace > ends_within(&config(&text("countersign.toml"))), "{grace} s");
    for (name, service) in compose["services"].as_hash().unwrap() {
        let image = service["image"].as_str().or(node["image"].as_str()).unwrap();
        assert!(image.contains(':') && !image.ends_with(":latest"), "{name:?}: {image} is pinned");
    }
}

#[test]
fn the_balancer_is_trusted_finds_every_node_and_asks_whether_it_can_serve() {
    let (compose, balancer) = (yaml("compose.yaml"), text("haproxy.cfg"));
    for node in NODES {
        assert!(balancer.contains(&format!("\n    server {node} {node}:8080\n")), "{node}");
    }
    let subnet = compose["networks"]["front"]["ipam"]["config"][0]["subnet"].as_str().unwrap();
    let trusted = config(&text("countersign.toml")).server.trusted_proxies;
    assert_eq!(trusted, [subnet.parse::<Network>().unwrap()]);
    assert_eq!(words(&compose["services"]["balancer"]["ports"]), ["443:8443"]);
    assert!(balancer.contains("bind :8443 ssl crt /run/secrets/otp.example.com.pem"));
    assert_eq!(words(&compose["services"]["balancer"]["secrets"]), ["otp.example.com.pem"]);
    assert_eq!(compose["networks"]["back"]["internal"].as_bool(), Some(true));
    for text in [balancer, text("local.cfg")] {
        assert!(text.contains("http-check send meth GET uri /readyz") && text.contains("option forwardfor"));
        // What may have arrived is never sent again by who does not know what it is.
        assert!(text.contains("retry-on conn-failure\n"));
    }
}
