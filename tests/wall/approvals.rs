//! What an operator reads before a component gets anything, for each kind of credential.

use serde_json::json;

use super::{config, manifest, schema};
use crate::support::guests::{self, Pack};
use crate::support::service::Service;

const SECRETS: [(&str, &str); 2] = [("token", "fake-token-0123456789"), ("password", "fake-password-0123")];
const CREDENTIALS: &str = r#"
[credentials.aws]
kind = "hmac"
secret = "token"
digest = "sha256"
prefix = "AWS4"
chain = ["{date:basic}", "eu-west-1", "sns", "aws4_request"]
encoding = "hex"
place = { header = "authorization" }
methods = ["POST"]
paths = ["/"]
pinned = { "form.Action" = "Publish" }
[credentials.wsse]
kind = "digest"
secret = "password"
digest = "sha1"
template = "{nonce}{created}{secret}"
encoding = "base64"
place = { header = "x-wsse" }
methods = ["POST"]
paths = ["/"]
[credentials.jwt]
kind = "jwt"
secret = "token"
algorithm = "HS256"
claims = ["application_id"]
fixed = { iss = "acme" }
place = { header = "authorization" }
methods = ["POST"]
paths = ["/v1/messages"]
exports = ["sms", "account"]
[credentials.oauth]
kind = "oauth2-client-credentials"
token_url = "https://api.example.com/token"
client_id = "me"
secret = "token"
methods = ["POST"]
paths = ["/send"]
[credentials.session]
kind = "session"
login = { url = "https://api.example.com/login", form = { password = "{secret.password}" } }
token = "/token"
life_seconds = 60
place = { query = "session" }
methods = ["GET"]
paths = ["/send"]
[credentials.callback]
kind = "verify"
algorithm = "hmac-sha1"
secret = "token"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_credential_is_approved_in_words_that_say_what_it_does_and_where() {
    let service = Service::start().await;
    let (more, schema) = (manifest(&SECRETS, CREDENTIALS), schema(&SECRETS));
    let pack = Pack { more: &more, schema, ..Pack::default() };
    assert_eq!(service.upload(guests::packed("agent", &pack)).await.0, 201);
    let body = json!({"component": "agent", "config": config(&SECRETS, &json!({"then": "accept", "steps": []}))});
    let (status, asked) = service.put("/v1/environments/development/connectors/agent", body).await;
    assert_eq!(status, 422, "{asked}");
    let asks: Vec<&str> = asked["asks"].as_array().unwrap().iter().map(|ask| ask.as_str().unwrap()).collect();
    for expected in [
        "signs with a key derived from token for {date:basic}/eu-west-1/sns/aws4_request (SHA-256 HMAC) and writes the signature into the Authorization header of POST https://api.example.com at /, only with form.Action = Publish",
        "writes the SHA-1 of {nonce}{created}{secret} with password into the header x-wsse of POST https://api.example.com at /",
        "signs a token with application_id, iss = acme by token (HS256, 300 s) and writes it into the Authorization header of POST https://api.example.com at /v1/messages, in sms and account",
        "fetches a token for me by token from https://api.example.com/token and writes it into the Authorization header of POST https://api.example.com at /send",
        "logs in with password at POST https://api.example.com/login and writes the token into the query parameter session of GET https://api.example.com at /send",
        "verifies callbacks by token (HMAC with SHA-1)",
    ] {
        assert!(asks.contains(&expected), "{expected}\nis not in\n{}", asks.join("\n"));
    }
    assert!(!asked.to_string().contains("fake-"), "{asked}");
}

/// Each is refused when it is uploaded: nobody is asked to approve it.
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_says_less_than_it_does_is_refused_at_the_upload() {
    let service = Service::start().await;
    let base = "kind = \"hmac\"\nsecret = \"token\"\ndigest = \"sha256\"\nencoding = \"hex\"\nplace = { header = \"x\" }\nmethods = [\"POST\"]\npaths = [\"/\"]\n";
    let jwt = "kind = \"jwt\"\nsecret = \"token\"\nalgorithm = \"HS256\"\nplace = { header = \"x\" }\nmethods = [\"POST\"]\npaths = [\"/\"]\n";
    for (declared, word) in [
        (format!("{base}pined = {{ \"form.Action\" = \"Send\" }}\n"), "`pined`"),
        (format!("{base}pinned = {{ \"body.Action\" = \"Send\" }}\n"), "`pinned` has `body.Action`"),
        (base.replace("\"token\"", "\"unlisted\""), "`unlisted`"),
        (base.replace("paths = [\"/\"]", "paths = []"), "methods and paths"),
        (base.replace("{ header = \"x\" }", "{ header = \"x y\" }"), "`x y`"),
        (base.replace("{ header = \"x\" }", "{ json = \"sign\" }"), "JSON Pointer"),
        (base.replace("{ header = \"x\" }", "{ header = \"x\", form = \"y\" }"), "place"),
        (format!("{jwt}claims = [\"exp\"]\n"), "`exp` is the host's"),
        (format!("{jwt}life_seconds = 3600\n"), "`life_seconds`"),
        ("kind = \"digest\"\nsecret = \"token\"\ndigest = \"md5\"\ntemplate = \"{a}\"\nencoding = \"hex\"\nplace = { header = \"x\" }\nmethods = [\"POST\"]\npaths = [\"/\"]\n".into(), "`{secret}`"),
        ("kind = \"oauth2-client-credentials\"\ntoken_url = \"http://api.example.com/token\"\nclient_id = \"me\"\nsecret = \"token\"\nmethods = [\"POST\"]\npaths = [\"/\"]\n".into(), "https"),
        ("kind = \"verify\"\nalgorithm = \"ed25519\"\nsecret = \"token\"\n".into(), "public `key`"),
    ] {
        let more = manifest(&SECRETS, &format!("[credentials.key]\n{declared}"));
        let pack = Pack { more: &more, schema: schema(&SECRETS), ..Pack::default() };
        let (status, refused) = service.upload(guests::packed("agent", &pack)).await;
        assert!(status == 422 && refused.to_string().contains(word), "{word}: {status} {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_is_named_like_a_secret_and_said_to_be_public_is_approved_in_words() {
    let service = Service::start().await;
    let more = manifest(&SECRETS, "").replacen("secrets", "public = [\"auth_token\", \"note\"]\nsecrets", 1);
    let mut schema = schema(&SECRETS);
    schema["properties"]["auth_token"] = json!({"type": "string"});
    let pack = Pack { more: &more, schema, ..Pack::default() };
    assert_eq!(service.upload(guests::packed("agent", &pack)).await.0, 201);
    let body = json!({"component": "agent", "config": config(&SECRETS, &json!({"then": "accept", "steps": []}))});
    let (_, asked) = service.put("/v1/environments/development/connectors/agent", body).await;
    assert!(asked["asks"].to_string().contains("reads auth_token, which is named like a secret"), "{asked}");
    assert!(!asked["asks"].to_string().contains("note"), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_too_short_to_be_masked_is_saved_with_a_warning() {
    let service = Service::start().await;
    let secrets = [("pin", "short")];
    let (more, schema) = (manifest(&secrets, ""), schema(&secrets));
    assert_eq!(service.upload(guests::packed("agent", &Pack { more: &more, schema, ..Pack::default() })).await.0, 201);
    let config = config(&secrets, &json!({"then": "accept", "steps": []}));
    let (status, saved) = service.set_up("agent", json!({"component": "agent", "config": config})).await;
    assert_eq!(status, 201, "{saved}");
    assert!(saved["warnings"][0].as_str().unwrap().contains("`pin`"), "{saved}");
    assert!(!saved.to_string().contains("\"short\""), "{saved}");
}
