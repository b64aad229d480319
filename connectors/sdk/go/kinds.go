package countersign

// FailureKind is why something was not done. Choose the narrowest that the provider's answer supports: whether the host
// tries another connector follows from it. The zero value is none, and a [Failure] that has none is of kind Other.
type FailureKind uint8

// In the contract's order.
const (
	_                      FailureKind = iota
	InvalidConfig                      // the configuration cannot work: a sender that does not exist
	AuthenticationFailed               // the credentials are not accepted, or the account is closed
	InsufficientFunds                  // the account has no money left
	InvalidRecipient                   // the number is not one, or cannot receive an SMS
	UnsupportedDestination             // the provider or this account does not serve the country or network
	RecipientBlocked                   // the recipient opted out or is on a block list
	ContentRejected                    // the text, template, signature or sender was refused
	RateLimited                        // too many requests just now
	QuotaExceeded                      // a daily or monthly allowance is used up
	FraudBlocked                       // the provider's fraud protection refused
	ProviderUnavailable                // the provider is down or says that it is
	Timeout                            // no answer in time
	InvalidResponse                    // an answer that makes no sense
	Other                              // none of these; say more in Text
)

var failureKinds = [...]string{
	"none", "invalid-config", "authentication-failed", "insufficient-funds", "invalid-recipient",
	"unsupported-destination", "recipient-blocked", "content-rejected", "rate-limited", "quota-exceeded",
	"fraud-blocked", "provider-unavailable", "timeout", "invalid-response", "other",
}

// String is the contract's name of it.
func (kind FailureKind) String() string {
	if int(kind) < len(failureKinds) {
		return failureKinds[kind]
	}
	return "other"
}

// Certainty is what is known about the message when something failed. The host corrects it by what it saw on the wire.
type Certainty uint8

const (
	NotSent Certainty = iota // certainly not sent: the provider said no, or nothing reached it
	Unknown                  // it may have been sent: the request left and no clear answer came back
)

// String is the contract's name of it.
func (certainty Certainty) String() string {
	if certainty == NotSent {
		return "not-sent"
	}
	return "unknown"
}

// ReceiptStatus is how far the provider took the message.
type ReceiptStatus uint8

const (
	ReceiptAccepted ReceiptStatus = iota // accepted for sending
	ReceiptQueued                        // accepted, waiting in the provider's queue
	ReceiptOther                         // accepted in some other way; name it in Extra
)

// ReportStatus is how far the message came. The zero value is none, which the host takes as ReportOther.
type ReportStatus uint8

// In the contract's order.
const (
	_ ReportStatus = iota
	ReportAccepted
	ReportSent        // handed on towards the network; not final
	ReportDelivered   // delivered to the handset
	ReportUndelivered // not delivered
	ReportExpired     // the provider gave up because its validity period ended
	ReportRejected    // refused by the provider or network after it had been accepted
	ReportOther
)
