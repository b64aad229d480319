//! What stands between a command and its service: it lets requests through until a test says otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;

use crate::support::service::client;

/// What happens before the nth change (from 1): nothing, or an answer in its place.
pub type Before = Arc<dyn Fn(usize) -> BoxFuture<'static, Option<Response>> + Send + Sync>;

/// Its address.
pub async fn between(service: &str, before: Before) -> String {
    let (service, changes) = (service.to_owned(), Arc::new(AtomicUsize::new(0)));
    let pass = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        let (service, changes, before) = (service.clone(), Arc::clone(&changes), Arc::clone(&before));
        async move {
            if method != Method::GET && !uri.path().ends_with("/plan") {
                let nth = changes.fetch_add(1, Ordering::SeqCst) + 1;
                if let Some(answer) = before(nth).await {
                    return answer;
                }
            }
            let mut request = client().request(method, format!("{service}{uri}")).body(body);
            for name in ["authorization", "content-type", "if-match"] {
                if let Some(value) = headers.get(name) {
                    request = request.header(name, value);
                }
            }
            let answer = request.send().await.unwrap();
            let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
            (status, answer.bytes().await.unwrap()).into_response()
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(pass)).await.unwrap() });
    url
}
