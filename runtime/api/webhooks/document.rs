//! What webhooks are told, in the API's own document: its section `webhooks`.

use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{Components, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, OpenApi, Paths, Ref, RefOr, Required, Response, SecurityRequirement};

use crate::webhooks::EventType;
use crate::webhooks::event::{FraudData, LockData, MessageData, TestData, VerificationData};

/// Put every event into the document.
pub(in crate::api) fn events(document: &mut OpenApi) {
    use EventType as E;
    let components = document.components.get_or_insert_with(Components::new);
    let mut webhooks = Paths::new();
    let sent = "A provider took a message; with status `unknown`, it may have. It is told again where another connector sends it once more.";
    let failed = "Nobody took a message (`refused`), or its provider reports that it did not arrive (`undelivered`). Told two seconds later, unless another connector has it in hand by then.";
    let expired = "Nobody gave the right code in time. Told within half a minute of its end, or with a check that comes too late; `timestamp` is when it ended.";
    let fraud = "A rule of the policy's `guard` fired for a message: it was refused, or sent all the same.";
    let all = [
        (E::MessageSent, sent, data::<MessageData>(components)),
        (E::MessageDelivered, "A message arrived, as its provider reports.", data::<MessageData>(components)),
        (E::MessageFailed, failed, data::<MessageData>(components)),
        (E::VerificationApproved, "A right code was given.", data::<VerificationData>(components)),
        (E::VerificationExpired, expired, data::<VerificationData>(components)),
        (E::NumberLocked, "A number had too many wrong codes.", data::<LockData>(components)),
        (E::FraudDecided, fraud, data::<FraudData>(components)),
        (E::WebhookTest, "Somebody tries the webhook.", data::<TestData>(components)),
    ];
    for (kind, description, data) in all {
        webhooks.paths.insert(kind.as_str().to_owned(), call(kind, description, data));
    }
    document.webhooks = Some(webhooks);
}

/// The schema of what an event is about, with those that it is made of.
fn data<D: ToSchema>(components: &mut Components) -> Ref {
    let mut parts = Vec::new();
    D::schemas(&mut parts);
    components.schemas.extend(parts);
    components.schemas.insert(D::name().into_owned(), D::schema());
    Ref::from_schema_name(D::name())
}

fn call(kind: EventType, description: &str, data: Ref) -> PathItem {
    let text = |format: Option<&str>| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.format(format.map(|format| utoipa::openapi::SchemaFormat::Custom(format.to_owned())))
    };
    let event = ObjectBuilder::new()
        .property("type", text(None).enum_values(Some([kind.as_str()])))
        .required("type")
        .property("timestamp", text(Some("date-time")))
        .required("timestamp")
        .property("data", data)
        .required("data");
    let event: RefOr<Schema> = RefOr::T(event.build().into());
    let body =
        RequestBodyBuilder::new().content("application/json", Content::new(Some(event))).required(Some(Required::True));
    let operation = OperationBuilder::new()
        .tag("Webhooks")
        .summary(Some(description))
        .security(SecurityRequirement::default())
        .parameter(header("webhook-id", "The same at each try: what came twice is known by it."))
        .parameter(header("webhook-timestamp", "When this call was made, in seconds since 1970."))
        .parameter(header(
            "webhook-signature",
            "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64; two of them, separated by a space, after a rotation.",
        ))
        .request_body(Some(body.build()))
        .response("2XX", Response::new("Taken. Anything else is tried again; `410` disables the webhook."));
    PathItem::new(HttpMethod::Post, operation)
}

fn header(name: &str, description: &str) -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String);
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(text))
        .build()
}
