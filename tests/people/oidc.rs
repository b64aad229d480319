//! Signing in at an identity provider: a real one over TLS, and all the ways in which it, or somebody between, can lie.

use countersign::config::OidcConfig;
use countersign::keys::Role;
use countersign::secret::Secret;

use super::*;
use crate::support::identity::{CLIENT, Identity, Odd, SECRET};
use crate::support::tls::Authority;
use crate::support::within;

struct Scene {
    service: Service,
    identity: Identity,
    authority: Authority,
    _dir: tempfile::TempDir,
}

impl Scene {
    async fn start(change: impl FnOnce(&mut OidcConfig)) -> Self {
        let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
        let identity = Identity::start(&authority).await;
        let ca = dir.path().join("ca.pem");
        std::fs::write(&ca, authority.pem()).unwrap();
        let text = format!("issuer = \"{}\"\nclient_id = \"{CLIENT}\"", identity.0.url);
        let mut oidc: OidcConfig = toml::from_str(&text).unwrap();
        oidc.client_secret = Some(Secret::from(SECRET));
        change(&mut oidc);
        let service = Service::with(|config| {
            config.oidc = Some(oidc);
            config.egress.ca_files = vec![ca];
        })
        .await;
        identity.set_clock(&service.clock);
        Self { service, identity, authority, _dir: dir }
    }

    async fn with_ada() -> (Self, String) {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut OidcConfig)) -> (Self, String) {
        let scene = Self::start(change).await;
        let body = json!({"name": "Ada", "email": "ada@example.com", "roles": ["viewer"]});
        let (status, user) = scene.service.post("/v1/users", body).await;
        assert_eq!(status, 201, "{user}");
        (scene, user["id"].as_str().unwrap().to_owned())
    }

    /// As far as the provider's page; answers where that sends the browser, and what the browser keeps.
    async fn there(&self) -> (String, String) {
        let answer = self.service.page("/console/sign-in/oidc?next=/console/keys", "").await;
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
        let kept = cookie(&answer).unwrap();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(self.authority.trusting())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        let page = within("the page", client.build().unwrap().get(leads_to(&answer)).send()).await.unwrap();
        let back = leads_to(&page).strip_prefix(&self.service.url).unwrap().to_owned();
        assert!(back.starts_with("/console/sign-in/oidc/callback?"), "{back}");
        (back, kept)
    }

    /// There and back.
    async fn sign_in(&self) -> reqwest::Response {
        let (back, kept) = self.there().await;
        self.service.page(&back, &kept).await
    }

    /// Refused, with that status and these words, and nothing that leaks.
    async fn is_refused(&self, status: u16, says: &str) {
        let answer = self.sign_in().await;
        assert_eq!((answer.status().as_u16(), session_of(&answer)), (status, None), "{says}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(says), "{says}: {page}");
        assert!(!page.contains("canary"), "{page}");
    }
}

/// The session that an answer gives.
fn session_of(answer: &reqwest::Response) -> Option<String> {
    let all = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let mut own = all.filter(|set| set.starts_with("Countersign=") && !set.contains("Max-Age=0"));
    own.next().map(|set| set.split(';').next().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_on_the_list_signs_in_and_is_bound_to_what_the_provider_calls_him() {
    let (scene, id) = Scene::with_ada().await;
    let page = scene.service.page("/console/sign-in", "").await.text().await.unwrap();
    assert!(page.contains("Sign in with single sign-on"), "{page}");
    for signed in [Odd::Not, Odd::Rsa] {
        scene.identity.lies(signed);
        let answer = scene.sign_in().await;
        assert_eq!((answer.status().as_u16(), leads_to(&answer)), (303, "/console/keys"));
        assert!(is_in(&scene.service, &session_of(&answer).unwrap()).await);
    }
    let (_, user) = scene.service.get(&format!("/v1/users/{id}")).await;
    assert_eq!(user["bound"], true);
    // The provider's word for him counts from now on, whatever his address there is.
    scene.identity.is_used_by("sub-1", json!({"email": "new@example.com", "email_verified": false}));
    assert!(session_of(&scene.sign_in().await).is_some());
    scene.identity.is_used_by("sub-2", json!({"email": "ada@example.com", "email_verified": true}));
    scene.is_refused(403, "signs in with another account").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_for_us_now_and_from_the_provider_is_not_trusted() {
    let (scene, _) = Scene::with_ada().await;
    for odd in [
        Odd::Nonce,
        Odd::NoNonce,
        Odd::Audience,
        Odd::TwoAudiences,
        Odd::Issuer,
        Odd::Expired,
        Odd::AlgNone,
        Odd::Hmac,
        Odd::OtherKey,
        Odd::NoToken,
        Odd::OtherPage,
    ] {
        scene.identity.lies(odd);
        scene.is_refused(403, "can't be trusted").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_or_the_person_refuses_is_told() {
    let (scene, _) = Scene::with_ada().await;
    scene.identity.lies(Odd::Refuses);
    scene.is_refused(403, "refused: access_denied").await;
    scene.identity.lies(Odd::MadeUpCode);
    scene.is_refused(403, "refused: invalid_grant").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_counts_only_if_the_provider_verified_it() {
    let (scene, _) = Scene::with_ada().await;
    for claims in
        [json!({"email": "ada@example.com"}), json!({"email": "ada@example.com", "email_verified": false}), json!({})]
    {
        scene.identity.is_used_by("sub-1", claims);
        scene.is_refused(403, "does not say that your e-mail address is verified").await;
    }
    scene.identity.is_used_by("sub-1", json!({"email": "eve@example.com", "email_verified": true}));
    scene.is_refused(403, "nobody with your e-mail address").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_browser_began_no_other_one_finishes_and_nobody_twice() {
    let (scene, _) = Scene::with_ada().await;
    let ((back, kept), (_, other)) = (scene.there().await, scene.there().await);
    for wrong in ["", other.as_str(), "Countersign-Login=AAAA"] {
        let answer = scene.service.page(&back, wrong).await;
        assert_eq!((answer.status().as_u16(), session_of(&answer)), (400, None), "{wrong}");
    }
    assert!(session_of(&scene.service.page(&back, &kept).await).is_some());
    let again = scene.service.page(&back, &kept).await;
    assert_eq!((again.status().as_u16(), session_of(&again)), (403, None), "a code counts once");
    let (back, kept) = scene.there().await;
    scene.service.clock.advance(Duration::from_secs(600));
    assert_eq!(scene.service.page(&back, &kept).await.status(), 400, "too long ago");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_that_sends_a_browser_to_the_way_back_locks_nobody_out() {
    let (scene, _) = Scene::with_ada().await;
    // An image on any page can be this address: the browser began nothing, so nobody guessed anything.
    for _ in 0..31 {
        assert_eq!(scene.service.page("/console/sign-in/oidc/callback?code=x&state=y", "").await.status(), 400);
    }
    assert!(session_of(&scene.sign_in().await).is_some());
    assert_eq!(scene.service.get("/v1/keys").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_a_strange_name_or_address_is_added_under_a_plain_one_or_not_at_all() {
    let scene = Scene::start(|oidc| {
        oidc.roles_claim = Some("groups".into());
        oidc.roles = [("ops".to_owned(), vec![Role::Operate])].into();
    })
    .await;
    let person =
        |name: &str, email: &str| json!({"email": email, "email_verified": true, "name": name, "groups": "ops"});
    scene.identity.is_used_by("sub-1", person(" \n ", "ada@example.com"));
    assert!(session_of(&scene.sign_in().await).is_some());
    assert_eq!(scene.service.get("/v1/users").await.1["items"][0]["name"], "ada@example.com");
    scene.identity.is_used_by("sub-2", person("Eve", &format!("{}@example.com", "e".repeat(10_000))));
    scene.is_refused(403, "does not say that your e-mail address is verified").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_give_roles_at_each_sign_in_where_the_operator_says_so() {
    let scene = Scene::start(|oidc| {
        oidc.roles_claim = Some("groups".into());
        oidc.roles = [("ops".to_owned(), vec![Role::Operate]), ("all".to_owned(), Role::ALL.to_vec())].into();
    })
    .await;
    let person =
        |groups: Value| json!({"email": "eve@example.com", "email_verified": true, "name": "Eve", "groups": groups});
    scene.identity.is_used_by("sub-9", person(json!(["others"])));
    scene.is_refused(403, "in no group that may use this console").await;
    for (groups, roles) in
        [(json!(["ops"]), json!(["operate"])), (json!(["all"]), json!(["upload", "configure", "operate", "viewer"]))]
    {
        scene.identity.is_used_by("sub-9", person(groups));
        assert!(session_of(&scene.sign_in().await).is_some());
        let (_, users) = scene.service.get("/v1/users").await;
        let user = &users["items"][0];
        assert_eq!((&user["name"], &user["roles"]), (&json!("Eve"), &roles), "{users}");
    }
    scene.identity.is_used_by("sub-9", person(json!([])));
    scene.is_refused(403, "in no group").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lost_his_groups_is_out_where_he_is_signed_in_once_the_provider_says_so() {
    let scene = Scene::start(|oidc| {
        oidc.roles_claim = Some("groups".into());
        oidc.roles = [("ops".to_owned(), vec![Role::Operate])].into();
    })
    .await;
    let person = |groups: Value| json!({"email": "eve@example.com", "email_verified": true, "groups": groups});
    scene.identity.is_used_by("sub-9", person(json!(["ops"])));
    let session = session_of(&scene.sign_in().await).unwrap();
    assert!(is_in(&scene.service, &session).await);
    scene.identity.is_used_by("sub-9", person(json!([])));
    scene.is_refused(403, "in no group").await;
    assert!(!is_in(&scene.service, &session).await);
    scene.identity.is_used_by("sub-9", person(json!(["ops"])));
    assert!(session_of(&scene.sign_in().await).is_some(), "and in again with a group");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_began_at_the_provider_ends_after_its_hours_though_it_is_in_use() {
    for (hours, changed) in [(12, None), (3, Some(3))] {
        let (scene, _) = Scene::with(|oidc| oidc.session_hours = changed.unwrap_or(oidc.session_hours)).await;
        let answer = scene.sign_in().await;
        let set: Vec<_> = answer.headers().get_all("set-cookie").iter().map(|set| set.to_str().unwrap()).collect();
        assert!(set.iter().any(|set| set.contains(&format!("Max-Age={}", hours * 3600))), "{set:?}");
        let session = session_of(&answer).unwrap();
        for _ in 0..hours - 1 {
            scene.service.clock.advance(Duration::from_secs(3600));
            assert!(is_in(&scene.service, &session).await);
        }
        scene.service.clock.advance(Duration::from_secs(3599));
        assert!(is_in(&scene.service, &session).await);
        scene.service.clock.advance(Duration::from_secs(1));
        assert!(!is_in(&scene.service, &session).await, "{hours} h are over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_says_of_itself_is_kept_for_minutes_and_asked_anew_for_a_key_that_is_not_there() {
    let (scene, _) = Scene::with_ada().await;
    for _ in 0..3 {
        assert!(session_of(&scene.sign_in().await).is_some());
    }
    assert_eq!(scene.identity.read(), 1);
    scene.service.clock.advance(Duration::from_secs(300));
    assert!(session_of(&scene.sign_in().await).is_some());
    assert_eq!(scene.identity.read(), 2);
    scene.identity.lies(Odd::NewKey);
    assert!(session_of(&scene.sign_in().await).is_some(), "its keys changed meanwhile");
    assert!(session_of(&scene.sign_in().await).is_some());
    assert_eq!(scene.identity.read(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_the_one_that_was_named_with_or_without_a_slash() {
    let (scene, _) = Scene::with_ada().await;
    scene.identity.lies(Odd::Slash);
    assert!(session_of(&scene.sign_in().await).is_some());
    let (scene, _) = Scene::with_ada().await;
    scene.identity.lies(Odd::OtherDocument);
    let answer = scene.service.page("/console/sign-in/oidc", "").await;
    assert_eq!((answer.status().as_u16(), leads_to(&answer)), (502, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_does_not_come_in_by_the_provider_either() {
    let (scene, id) = Scene::with_ada().await;
    assert!(session_of(&scene.sign_in().await).is_some());
    let body = json!({"name": "Ada", "email": "ada@example.com", "roles": ["viewer"], "disabled": true});
    assert_eq!(scene.service.put(&format!("/v1/users/{id}"), body).await.0, 200);
    scene.is_refused(403, "this user is disabled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_there_is_no_button_and_nothing_behind_it() {
    let service = Service::start().await;
    let page = service.page("/console/sign-in", "").await.text().await.unwrap();
    assert!(!page.contains("/sign-in/oidc"), "{page}");
    assert_eq!(service.page("/console/sign-in/oidc", "").await.status(), 404);
    assert_eq!(service.page("/console/sign-in/oidc/callback?code=x&state=y", "").await.status(), 404);
}
