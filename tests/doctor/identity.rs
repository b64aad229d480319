//! The identity provider where people sign in.

use super::{Place, Told};
use crate::support::identity::{CLIENT, Identity, Odd, SECRET};
use crate::support::tls::Authority;

const PROVIDER: &str = "identity provider";

struct Scene {
    place: Place,
    identity: Identity,
}

impl Scene {
    async fn start() -> Self {
        let (place, authority) = (Place::new(), Authority::new());
        std::fs::write(place.path().join("ca.pem"), authority.pem()).unwrap();
        Self { place, identity: Identity::start(&authority).await }
    }

    fn ask(&self, issuer: &str, variables: &[(&str, &str)]) -> Told {
        let ca = self.place.path().join("ca.pem");
        let toml = format!(
            "[oidc]\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT}\"\n[egress]\nca_files = [\"{}\"]\n",
            ca.display()
        );
        std::fs::write(self.place.path().join("countersign.toml"), toml).unwrap();
        self.place.ask(variables)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_answers_as_itself_is_fine_and_what_to_register_there_is_told() {
    let scene = Scene::start().await;
    let variables =
        [("COUNTERSIGN_OIDC__CLIENT_SECRET", SECRET), ("COUNTERSIGN_SERVER__PUBLIC_URL", "https://otp.example.com")];
    let told = scene.ask(&scene.identity.0.url, &variables);
    assert_eq!((told.status(PROVIDER), told.status("sign-in client")), ("ok", "ok"), "{}", told.text);
    assert!(told.seen(PROVIDER).contains("with 2 keys"), "{}", told.text);
    assert!(told.seen("sign-in address").ends_with("https://otp.example.com/console/sign-in/oidc/callback"));
    assert_eq!(scene.ask(&scene.identity.0.url, &[]).status("sign-in address"), "warn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_gone_strange_or_another_one_fails_by_its_own_reason() {
    let scene = Scene::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    scene.ask(&format!("https://{closed}"), &[]).fails(PROVIDER, "no connection");
    scene.ask(&format!("{}/elsewhere", scene.identity.0.url), &[]).fails(PROVIDER, "status 404");
    scene.identity.lies(Odd::OtherDocument);
    scene.ask(&scene.identity.0.url, &[]).fails(PROVIDER, "https://evil.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_secret_that_is_empty_fails() {
    let scene = Scene::start().await;
    let told = scene.ask(&scene.identity.0.url, &[("COUNTERSIGN_OIDC__CLIENT_SECRET", " ")]);
    told.fails("sign-in client", "empty");
}
