//! `/openapi.json`, generated from the handlers, and `/docs`, which shows it without any asset from elsewhere.

use axum::Router;
use axum::http::header;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, Info, OpenApi, OpenApiBuilder, SecurityRequirement};
use utoipa_swagger_ui::SwaggerUi;

use super::AppState;

/// What the document says besides its paths.
pub(super) fn base() -> OpenApi {
    let mut components = Components::new();
    components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let mut info = Info::new("Countersign", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "One-time passwords by SMS, through sandboxed connectors.\n\nSend a key as `Authorization: Bearer KEY`. An admin key calls the OTP API of the environment that the header `Countersign-Environment` names (default `development`). Refusals are problem documents (RFC 9457). `Idempotency-Key` is honoured on every POST that sends."
            .to_owned(),
    );
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new("key", Vec::<String>::new())]))
        .build()
}

pub(super) fn routes(openapi: OpenApi) -> Router<AppState> {
    let swagger = SwaggerUi::new("/docs").url("/openapi.json", openapi);
    Router::new().merge(swagger).layer(axum::middleware::map_response(relax))
}

/// The vendored viewer writes styles of its own into the page; scripts still come from here only.
async fn relax(mut response: axum::response::Response) -> axum::response::Response {
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        header::HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
        ),
    );
    response
}
