//! The guard against paid-for traffic.

pub(in crate::console) const LEAD: &str =
    "Stops codes that are asked for because somebody earns on them, and holds a day's money.";
pub(in crate::console) const SAVED: &str = "Saved. It holds from the next request on.";
pub(in crate::console) const STALE: &str = "Somebody else saved limits of this environment meanwhile; nothing was saved. What you typed is below: press Save to overwrite.";
pub(in crate::console) const STANDING: &str = "Now";
pub(in crate::console) const SPENT: &str = "Spent today (UTC)";
pub(in crate::console) const MESSAGES: &str = "Messages today";
pub(in crate::console) const OUT_OF_MONEY: &str = "The day's money is spent: nothing is sent before midnight UTC.";
pub(in crate::console) const LATELY: &str = "Decisions of the last 24 hours";
pub(in crate::console) const LATELY_SOME: &str = "The newest 10,000 decisions of the last 24 hours";
pub(in crate::console) const LATELY_COLUMNS: [&str; 4] = ["Rule", "What followed", "Messages", "Money"];
pub(in crate::console) const ALL_RULES: &str = "All together";
pub(in crate::console) const SEVERAL: &str = "Several rules may fire for one message.";
pub(in crate::console) const NOTHING: &str = "No rule has fired.";
pub(in crate::console) const RULES: &str = "Rules";
pub(in crate::console) const MODE: &str = "What the guard does";
pub(in crate::console) const MODE_HINT: &str = "Record for a week and look at the decisions, then enforce.";
pub(in crate::console) const BUDGET: &str = "Money for a day";
pub(in crate::console) const BUDGET_HINT: &str =
    "Holds before a message is sent, for everybody, whatever the guard does. Empty: no limit.";
pub(in crate::console) const PER_DAY: &str = "Messages of a day";
pub(in crate::console) const PER_PREFIX: &str = "Messages of a day to one block of 10,000 numbers";
pub(in crate::console) const CAP_HINT: &str = "Likewise. Empty: no limit.";
pub(in crate::console) const PRICE: &str = "Price of a message";
pub(in crate::console) const PRICE_HINT: &str = "In the currency you reckon in, where the prices below don't say.";
pub(in crate::console) const PRICES: &str = "Prices by country";
pub(in crate::console) const PRICES_HINT: &str =
    "A line each: the country's two letters and the price, such as DE 0.075. Columns of a table can be pasted.";
pub(in crate::console) const EXPECTED: &str = "Countries you are about to open";
pub(in crate::console) const EXPECTED_HINT: &str =
    "Two letters each, apart by spaces: no stranger to the guard from the first day.";
pub(in crate::console) const ALLOW: &str = "Never refused";
pub(in crate::console) const ALLOW_LEAD: &str = "Counted all the same. The day's money holds for them too.";
pub(in crate::console) const ALLOW_COUNTRIES: &str = "Countries never refused";
pub(in crate::console) const ALLOW_PREFIXES: &str = "First digits never refused";
pub(in crate::console) const ALLOW_CLIENTS: &str = "Client networks never refused";
pub(in crate::console) const ALLOW_CLIENTS_HINT: &str = "Such as 192.0.2.0/24.";
pub(in crate::console) const LINES: &str = "Credits";
pub(in crate::console) const LINES_LEAD: &str = "How much each may have that proves nothing, in messages and in money; the smaller of both holds. Used codes renew it.";
pub(in crate::console) const LINES_COLUMNS: [&str; 4] = ["Credit", "Acts", "Messages", "Money"];
pub(in crate::console) const MORE: &str = "Shares and alarm";
pub(in crate::console) const CONVERSION: &str = "Rules on used codes, as Authgear publishes them";
pub(in crate::console) const CONVERSION_LEAD: &str =
    "They fire on good days of many services: record and look before they act.";
pub(in crate::console) const CONVERSION_COLUMNS: [&str; 3] = ["Rule", "Acts", "Messages or countries"];
pub(in crate::console) const DECISIONS: &str = "Decisions";
pub(in crate::console) const DECISIONS_COLUMNS: [&str; 6] =
    ["When", "To", "Country", "What followed", "Rules", "Money"];
pub(in crate::console) const DECISIONS_EMPTY: &str = "No rule fired for any message that is kept.";
pub(in crate::console) const OUTCOMES: &str = "Which decisions";
pub(in crate::console) const ALL: &str = "All";
pub(in crate::console) const NO_AMOUNT: &str = "is an amount with at most six decimals, such as 0.075";
pub(in crate::console) const NO_NUMBER: &str = "is a whole number";
pub(in crate::console) const NO_NETWORK: &str = "is an address or a network, such as 192.0.2.0/24";

pub(in crate::console) fn mode(mode: &str) -> &'static str {
    match mode {
        "off" => "Off",
        "record" => "Records",
        _ => "Refuses",
    }
}

pub(in crate::console) fn built_in(value: &str) -> String {
    format!("Built in: {value}")
}

pub(in crate::console) fn of_budget(spent: &str, budget: &str) -> String {
    format!("{spent} of {budget}")
}

/// Of a row of a table: which field of which rule.
pub(in crate::console) fn cell(rule: &str, column: &str) -> String {
    format!("{rule}: {}", column.to_lowercase())
}

pub(in crate::console) fn bad_line(line: usize) -> String {
    format!("Line {line}: a country's two letters and a price, such as DE 0.075")
}

pub(in crate::console) fn twice(line: usize, country: &str) -> String {
    format!("Line {line}: {country} stands there twice")
}

/// A state's kind and word.
pub(in crate::console) fn outcome(outcome: &str) -> (&'static str, &'static str) {
    match outcome {
        "refused" => ("bad", "Refused"),
        "recorded" => ("warn", "Sent and noted"),
        _ => ("quiet", "Sent, on the allow list"),
    }
}

/// A credit, and what it means.
pub(in crate::console) fn line(name: &str) -> (&'static str, &'static str) {
    match name {
        "number" => ("One number", "messages to one number of which none is used"),
        "prefix" => ("Block of 10,000 numbers", "new numbers of one block"),
        "area" => ("Area", "calling code and three digits"),
        "strangers" => ("Fresh blocks of a country", "while a storm lasts"),
        "strange" => ("All strange countries", "together"),
        "country" => ("Own country", "while a storm lasts: the last resort"),
        "client" => ("One client address", ""),
        _ => ("Alarm", "blocks with a second new number in two days"),
    }
}

/// A share or count that stands alone.
pub(in crate::console) fn share(name: &str) -> (&'static str, &'static str) {
    match name {
        "messages_in_alarm" => ("New numbers of a block during an alarm", "0 to 100"),
        "unproven_percent" => ("Unproven messages for 100 proven ones that are usual", "10 to 1000"),
        "volume_percent" => {
            ("Usual volume that may grow to, in percent", "where it is hidden who uses codes; 100 to 1000")
        }
        _ => ("Unverified messages for 100 verified ones", "for the rules on used codes; 1 to 1000"),
    }
}

/// A rule on used codes.
pub(in crate::console) fn conversion(name: &str) -> &'static str {
    match name {
        "country_day" => "Unverified, a country in a day",
        "country_hour" => "Unverified, a country in an hour",
        "client_day" => "Unverified, a client in a day",
        "client_hour" => "Unverified, a client in an hour",
        _ => "Countries of one client in a day",
    }
}

/// A rule that fired.
pub(in crate::console) fn rule(rule: &str) -> &'static str {
    match rule {
        "budget" => BUDGET,
        "day-cap" => PER_DAY,
        "prefix-cap" => PER_PREFIX,
        "client-countries" => conversion("client_countries"),
        "country-day" => conversion("country_day"),
        "country-hour" => conversion("country_hour"),
        "client-day" => conversion("client_day"),
        "client-hour" => conversion("client_hour"),
        other => line(other).0,
    }
}
