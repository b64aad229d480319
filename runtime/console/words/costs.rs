//! What messages cost.

pub(in crate::console) const LEAD: &str = "What connectors sent and what that cost: as the provider told it, or else by the connector's price list. Test sends are not counted.";
pub(in crate::console) const SINCE: &str = "First day";
pub(in crate::console) const UNTIL: &str = "Last day";
pub(in crate::console) const DAYS: &str = "Days";
pub(in crate::console) const SHOW: &str = "Show";
pub(in crate::console) const TABLE: &str = "By connector";
pub(in crate::console) const TOTAL: &str = "All connectors";
pub(in crate::console) const COLUMNS: [&str; 7] =
    ["Connector", "Sends", "Parts", "Codes used", "Cost", "Cost per used code", "Without a price"];
pub(in crate::console) const COUNTRY_COLUMNS: [&str; 7] =
    ["Country", "Sends", "Parts", "Codes used", "Cost", "Cost per used code", "Without a price"];
pub(in crate::console) const NONE: &str = "Nothing was sent in these days.";
pub(in crate::console) const NO_COUNTRY: &str = "No country";
pub(in crate::console) const NO_AMOUNT: &str = "–";
pub(in crate::console) const CSV: &str = "As a table to keep (CSV)";
pub(in crate::console) const LISTS: &str = "Price lists";
pub(in crate::console) const LISTS_TEXT: &str = "What a provider asks for one part of a message. A list takes effect with the next send; the day's budget of the fraud guard holds by it.";
pub(in crate::console) const LISTS_COLUMNS: [&str; 3] = ["Connector", "Currency", "Action"];
pub(in crate::console) const NO_CONNECTORS: &str = "There is no connector yet.";
pub(in crate::console) const NO_LIST: &str = "no list";
pub(in crate::console) const CHANGE: &str = "Change";
pub(in crate::console) const GIVE: &str = "Give one";
pub(in crate::console) const ROWS: &str = "Prices";
pub(in crate::console) const ROWS_HINT: &str = "A table with the header country,price or prefix,price or destination,price: DE,0.075 or +4915,0.08 or *,0.05 for the rest. Semicolons with decimal commas are taken too.";
pub(in crate::console) const CURRENCY: &str = "Currency";
pub(in crate::console) const CURRENCY_HINT: &str = "Such as EUR. All lists of an environment have one.";
pub(in crate::console) const NO_CURRENCY: &str = "is missing: say it here, or in a column `currency`";
pub(in crate::console) const SAVE: &str = "Save prices";
pub(in crate::console) const SAVED: &str = "Saved. It holds from the next send on.";
pub(in crate::console) const DELETE: &str = "Delete the list";
pub(in crate::console) const DELETE_TEXT: &str = "Then the prices of the fraud guard count.";
pub(in crate::console) const DELETED: &str = "The list is deleted.";

pub(in crate::console) fn by_country(connector: &str) -> String {
    format!("{connector} by country")
}

pub(in crate::console) fn prices_of(connector: &str) -> String {
    format!("Prices of {connector}")
}
