//! Infobip's names of what went wrong.

use countersign_sdk::{CodeTable, FailureKind as K};

/// Names of states in answers and reports, and of the errors in reports.
/// <https://www.infobip.com/docs/essentials/api-essentials/response-status-and-error-codes>
pub(crate) const CODES: &CodeTable = &[
    ("REJECTED_NETWORK", K::UnsupportedDestination),
    ("REJECTED_PREFIX_MISSING", K::InvalidRecipient),
    ("REJECTED_DND", K::RecipientBlocked),
    ("REJECTED_SOURCE", K::InvalidConfig),
    ("REJECTED_NOT_ENOUGH_CREDITS", K::InsufficientFunds),
    ("REJECTED_SENDER", K::InvalidConfig),
    ("REJECTED_DESTINATION", K::RecipientBlocked),
    ("REJECTED_PREPAID_PACKAGE_EXPIRED", K::InsufficientFunds),
    ("REJECTED_DESTINATION_NOT_REGISTERED", K::UnsupportedDestination),
    ("REJECTED_ROUTE_NOT_AVAILABLE", K::UnsupportedDestination),
    ("REJECTED_FLOODING_FILTER", K::RateLimited),
    ("REJECTED_SYSTEM_ERROR", K::ProviderUnavailable),
    ("REJECTED_INVALID_UDH", K::InvalidConfig),
    ("REJECTED_MESSAGE_TOO_LONG", K::ContentRejected),
    ("REJECTED_INVALID_DESTINATION", K::InvalidRecipient),
    ("MISSING_TO", K::InvalidRecipient),
    ("EC_UNKNOWN_SUBSCRIBER", K::InvalidRecipient),
    ("EC_UNIDENTIFIED_SUBSCRIBER", K::InvalidRecipient),
    ("EC_ILLEGAL_SUBSCRIBER", K::InvalidRecipient),
    ("EC_ILLEGAL_EQUIPMENT", K::InvalidRecipient),
    ("EC_TELESERVICE_NOT_PROVISIONED", K::InvalidRecipient),
    ("EC_BEARER_SERVICE_NOT_PROVISIONED", K::InvalidRecipient),
    ("EC_CALL_BARRED", K::RecipientBlocked),
    ("EC_IMSI_BLACKLISTED", K::RecipientBlocked),
    ("EC_DEST_ADDRESS_BLACKLISTED", K::RecipientBlocked),
    ("EC_BLACKLISTED_DESTINATIONADDRESS", K::RecipientBlocked),
    ("EC_BLACKLISTED_SENDERADDRESS", K::InvalidConfig),
    ("EC_SOURCE_ADDRESS_BLACKLISTED", K::InvalidConfig),
    ("EC_DESTINATION_FLOODING", K::RateLimited),
    ("EC_DESTINATION_TXT_FLOODING", K::RateLimited),
    ("EC_DEST_ADDRESS_NOT_IN_SMS_DEMO", K::UnsupportedDestination),
    ("EC_NOTSUBMITTEDTOSMPPCHANNEL", K::ProviderUnavailable),
    ("EC_RESOURCE_LIMITATION", K::ProviderUnavailable),
    ("EC_SYSTEM_FAILURE", K::ProviderUnavailable),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_the_table_twice() {
        for (index, (code, _)) in CODES.iter().enumerate() {
            assert_eq!(CODES.iter().position(|(other, _)| other == code), Some(index), "{code}");
        }
    }
}
