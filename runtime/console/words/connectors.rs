//! Connectors: the list and the gallery.

pub(in crate::console) const LEAD: &str =
    "What sends codes in this environment. One connector is active; others wait, or serve where a rule names them.";
pub(in crate::console) const NONE: &str = "No connector yet. Codes cannot be sent until you add one.";
pub(in crate::console) const ADD: &str = "Add a connector";
pub(in crate::console) const GALLERY: &str = "Providers";
pub(in crate::console) const HERE: &str = "Connectors of this environment";
pub(in crate::console) const NAME: &str = "Name";
pub(in crate::console) const COMPONENT: &str = "Component";
pub(in crate::console) const REVISION: &str = "Revision";
pub(in crate::console) const STATUS: &str = "Status";
pub(in crate::console) const SAVED: &str = "Saved";
pub(in crate::console) const LAST_SUCCESS: &str = "Last success";
pub(in crate::console) const NO_SUCCESS: &str = "none yet";
pub(in crate::console) const SEARCH: &str = "Search providers";
pub(in crate::console) const CHANNEL: &str = "Channel";
pub(in crate::console) const FEATURE: &str = "Feature";
pub(in crate::console) const ANY: &str = "Any";
pub(in crate::console) const FILTER: &str = "Filter";
pub(in crate::console) const NONE_FOUND: &str =
    "No provider fits. Search for something else, or upload a component of your own.";
pub(in crate::console) const UPLOAD: &str = "Upload a component";
pub(in crate::console) const ACTIVE: &str = "Active";
pub(in crate::console) const STANDBY: &str = "Stands by";
pub(in crate::console) const DRAFT: &str = "Draft";
pub(in crate::console) const QUARANTINED: &str = "Quarantined";
pub(in crate::console) const DEMOTED: &str = "Others are asked first";
pub(in crate::console) const UPLOADED: &str = "Uploaded";
pub(in crate::console) const HOSTS: &str = "Reaches";
pub(in crate::console) const VERIFIED: &str = "Checked against";

/// How many providers are shown.
pub(in crate::console) fn found(count: usize) -> String {
    match count {
        1 => "1 provider".to_owned(),
        count => format!("{count} providers"),
    }
}

/// Which revision serves beside a newer one.
pub(in crate::console) fn serving(revision: u64) -> String {
    format!("{revision} serves")
}
