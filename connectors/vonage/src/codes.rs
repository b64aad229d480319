//! Vonage's codes: one table for each API, and one for the SMS API's delivery receipts.

use countersign_sdk::{CodeTable, Failure, FailureKind as K, Response, word};
use serde_json::Value;

/// Status of a message in the SMS API's answer, which is 200 also where it refuses.
/// <https://developer.vonage.com/en/messaging/sms/guides/troubleshooting-sms>
pub(crate) const SMS: &CodeTable = &[
    ("1", K::RateLimited),
    ("2", K::InvalidConfig),
    ("3", K::InvalidConfig),
    ("4", K::AuthenticationFailed),
    ("5", K::ProviderUnavailable),
    ("6", K::UnsupportedDestination),
    ("7", K::RecipientBlocked),
    ("8", K::AuthenticationFailed),
    ("9", K::InsufficientFunds),
    ("10", K::RateLimited),
    ("11", K::InvalidConfig),
    ("12", K::ContentRejected),
    ("13", K::ProviderUnavailable),
    ("14", K::AuthenticationFailed),
    ("15", K::InvalidConfig),
    ("16", K::InvalidConfig),
    ("19", K::InvalidConfig),
    ("20", K::InvalidConfig),
    ("22", K::UnsupportedDestination),
    ("23", K::InvalidConfig),
    ("29", K::UnsupportedDestination),
    ("32", K::InvalidConfig),
    ("33", K::InvalidRecipient),
    ("34", K::InvalidRecipient),
    ("101", K::RecipientBlocked),
    ("102", K::InvalidConfig),
    ("103", K::InvalidRecipient),
];

/// `err-code` of the SMS API's delivery receipts.
/// <https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts#dlr-error-codes>
pub(crate) const RECEIPTS: &CodeTable = &[
    ("1", K::Other),
    ("2", K::Other),
    ("3", K::InvalidRecipient),
    ("4", K::RecipientBlocked),
    ("5", K::Other),
    ("6", K::ContentRejected),
    ("7", K::Other),
    ("8", K::ProviderUnavailable),
    ("9", K::RecipientBlocked),
    ("10", K::InvalidConfig),
    ("11", K::UnsupportedDestination),
    ("12", K::UnsupportedDestination),
    ("13", K::ContentRejected),
    ("14", K::InvalidRecipient),
    // The recipient's prepaid money, not the account's.
    ("15", K::Other),
    ("99", K::ProviderUnavailable),
];

/// The Messages API's codes, of refusals and of status callbacks, and the names that all of Vonage's APIs share.
/// <https://developer.vonage.com/en/api-errors/messages> and <https://developer.vonage.com/en/api-errors>
pub(crate) const MESSAGES: &CodeTable = &[
    ("1000", K::RateLimited),
    ("1010", K::InvalidConfig),
    ("1020", K::InvalidConfig),
    ("1021", K::InvalidConfig),
    ("1022", K::ContentRejected),
    ("1030", K::ProviderUnavailable),
    ("1040", K::UnsupportedDestination),
    ("1050", K::RecipientBlocked),
    ("1060", K::AuthenticationFailed),
    ("1070", K::InsufficientFunds),
    ("1080", K::InvalidConfig),
    ("1090", K::ContentRejected),
    ("1100", K::ProviderUnavailable),
    ("1110", K::AuthenticationFailed),
    ("1120", K::InvalidConfig),
    ("1130", K::InvalidConfig),
    ("1140", K::InvalidConfig),
    ("1150", K::InvalidConfig),
    ("1160", K::UnsupportedDestination),
    ("1170", K::InvalidRecipient),
    ("1180", K::Other),
    ("1190", K::InvalidRecipient),
    ("1200", K::Other),
    ("1210", K::ContentRejected),
    ("1220", K::Other),
    ("1230", K::ProviderUnavailable),
    ("1240", K::RecipientBlocked),
    ("1241", K::RateLimited),
    ("1250", K::UnsupportedDestination),
    ("1260", K::UnsupportedDestination),
    ("1270", K::ContentRejected),
    ("1280", K::InvalidRecipient),
    ("1290", K::Other),
    ("1300", K::UnsupportedDestination),
    ("1310", K::InvalidRecipient),
    ("1330", K::Other),
    ("1430", K::InvalidRecipient),
    ("low-balance", K::InsufficientFunds),
    ("unauthorized", K::AuthenticationFailed),
    ("forbidden", K::AuthenticationFailed),
    ("unprovisioned", K::InvalidConfig),
    ("account-suspended", K::AuthenticationFailed),
    ("jwt-expired", K::AuthenticationFailed),
    ("jwt-revoked", K::AuthenticationFailed),
    ("invalid-api-key", K::AuthenticationFailed),
    ("invalid-signature", K::AuthenticationFailed),
    ("invalid-params", K::InvalidConfig),
    ("throttled", K::RateLimited),
];

/// A refusal by status: a problem (RFC 7807) whose type ends in the code, or the account API's own shape.
pub(crate) fn refusal(response: &Response) -> Failure {
    let problem = response.value();
    let code = code_of(&problem).or_else(|| word(&problem, "/error-code"));
    let text = ["/detail", "/error-code-label", "/title"].iter().find_map(|at| word(&problem, at));
    response.refused(MESSAGES, code, text)
}

/// `1120` of `https://developer.vonage.com/api-errors/messages#1120`.
pub(crate) fn code_of(problem: &Value) -> Option<String> {
    word(problem, "/type")?.rsplit_once('#').map(|(_, code)| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_a_table_twice() {
        for table in [SMS, RECEIPTS, MESSAGES] {
            for (index, (code, _)) in table.iter().enumerate() {
                assert_eq!(table.iter().position(|(other, _)| other == code), Some(index), "{code}");
            }
        }
    }
}
