//! What was planned a while ago, and what serves now: a message that waited, or that failed with another connector first, is
//! not given to what was switched off meanwhile, on whatever node.

use std::sync::Arc;

use super::Delivery;
use crate::connector::serving::Serving;

impl Delivery {
    /// A connector that was planned, with the revision that serves now if another one does; none if it serves no more, or if
    /// nobody can say.
    pub(super) async fn still_serves(&self, planned: Arc<Serving>) -> Option<Arc<Serving>> {
        if let Err(error) = self.nodes.in_step().await {
            tracing::warn!(connector = ?planned, %error, "it is not asked");
            return None;
        }
        let routes = self.registry.routes(&planned.environment)?;
        if routes.revision(&planned.name, planned.revision).is_some() {
            return Some(planned);
        }
        let now = routes.connectors.get(&planned.name)?;
        // One whose provider makes the code does something else than one that sends it.
        (now.makes_codes == planned.makes_codes && now.quarantine.get().is_none()).then(|| Arc::clone(now))
    }
}
