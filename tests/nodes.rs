//! Several nodes over one PostgreSQL database, behind no load balancer at all: each call says which node it goes to.

mod faults;
mod limits;
mod swap;
mod work;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::postgres::{self, Cable};
use crate::support::service::Service;

/// Nodes, and the folder whose database they share.
pub struct Fleet {
    pub nodes: Vec<Service>,
    /// What each node's connections go through.
    pub cables: Vec<Cable>,
    pub url: String,
    _folder: tempfile::TempDir,
}

impl Fleet {
    /// So many nodes, or none where there is no PostgreSQL.
    pub async fn start(count: usize, what: &str) -> Option<Self> {
        if !postgres::is_here(what) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let url = postgres::own(folder.path());
        let mut fleet = Self { nodes: Vec::new(), cables: Vec::new(), url, _folder: folder };
        for _ in 0..count {
            fleet.join().await;
        }
        Some(fleet)
    }

    /// One more node.
    pub async fn join(&mut self) {
        let cable = Cable::to(&self.url).await;
        let url = cable.url.clone();
        let node = Service::with(|config| {
            config.store = Some(url.parse().unwrap());
            config.postgres.connections = 8;
        });
        self.nodes.push(node.await);
        self.cables.push(cable);
    }

    pub fn asked(&self, sql: &str) -> Option<String> {
        let answer = postgres::asked(&self.url, sql).unwrap();
        answer.rows.into_iter().next()?.into_iter().next()?
    }
}

/// Wait until something is so, and say how long that took.
pub async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) -> Duration {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}: not after a minute");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    began.elapsed()
}

/// Save a connector `main` that is a marker, through one node, and have the answer wait for all of them.
pub async fn switch_to(node: &Service, marker: &str, approve: bool) -> Value {
    let path = "/v1/environments/development/connectors/main?wait=all-nodes";
    let mut body =
        json!({"component": marker, "config": {"api_token": crate::support::service::TOKEN}, "activate": true});
    let (status, answer) = node.put(path, body.clone()).await;
    if !approve || status != 422 {
        assert!(status < 300, "{answer}");
        return answer;
    }
    body["approve"] = answer["approve"].clone();
    let (status, answer) = node.put(path, body).await;
    assert!(status < 300, "{answer}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nodes_that_live_are_listed_and_one_that_ends_is_not() {
    let Some(mut fleet) = Fleet::start(3, "nodes that are listed").await else { return };
    let listed = |told: Value| told["items"].as_array().unwrap().clone();
    for node in &fleet.nodes {
        let nodes = listed(node.get("/v1/nodes").await.1);
        assert_eq!(nodes.len(), 3, "{nodes:?}");
        assert_eq!(nodes.iter().filter(|one| one["here"] == true).count(), 1);
        assert!(nodes.iter().all(|one| one["version"] == env!("CARGO_PKG_VERSION")));
    }
    fleet.nodes.pop().unwrap().stop().await;
    assert_eq!(listed(fleet.nodes[0].get("/v1/nodes").await.1).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_store_is_its_folder_is_one_node() {
    if postgres::is_for_sqlite("a node alone") {
        return;
    }
    let service = Service::start().await;
    let (status, told) = service.get("/v1/nodes").await;
    assert_eq!((status, told["items"].as_array().unwrap().len()), (200, 1), "{told}");
    assert_eq!(switch_away(&service).await, 200, "nobody is waited for");
}

async fn switch_away(service: &Service) -> u16 {
    service.put("/v1/environments/development/policy?wait=all-nodes", json!({})).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_once_over_an_empty_database_make_one_schema_one_root_and_one_first_set_up() {
    if !postgres::is_here("nodes that start at once") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let url = postgres::empty(folder.path());
    let start = || {
        let url = url.clone();
        Service::with(move |config| {
            config.store = Some(url.parse().unwrap());
            config.postgres.connections = 8;
        })
    };
    let nodes = tokio::join!(start(), start(), start());
    let made =
        postgres::asked(&url, "SELECT (SELECT count(*) FROM api_keys), (SELECT count(*) FROM revisions)").unwrap();
    assert_eq!(made.rows, [[Some("1".to_owned()), Some("1".to_owned())]]);
    let (status, made) = nodes.0.create(crate::support::service::TO).await;
    assert_eq!(status, 201, "{made}");
    let (id, code) = (made["id"].as_str().unwrap(), nodes.0.inbox_code().await);
    assert_eq!(nodes.2.check(id, &code).await.1["status"], "approved", "one root derives the same code");
}
