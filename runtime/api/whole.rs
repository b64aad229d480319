//! A change that has begun is finished, whoever hangs up: from the write to the swap that shows it. A caller who goes in
//! between would leave memory older than the store until the next change.

use super::error::ApiError;

/// Do `work` apart from the connection, and wait for it.
pub(crate) async fn whole<T: Send + 'static, E: Send + 'static>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, ApiError>
where
    ApiError: From<E>,
{
    let done = tokio::spawn(crate::traces::carried(work)).await.map_err(|fault| ApiError::internal(&fault))?;
    Ok(done?)
}
