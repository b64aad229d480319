package countersign

// Failure is a call that did not succeed. It is an error: return it, wrapped or not.
type Failure struct {
	Kind       FailureKind
	Certainty  Certainty
	Code       string // the provider's own, as it wrote it
	Text       string // the provider's words or yours; the host removes the code and the number from it
	RetryAfter uint32 // how long the provider asks to wait, in seconds; 0 if it doesn't
	Extra      []Field
}

// Fail is a failure that certainly sent nothing: the provider said no, or was never reached.
func Fail(kind FailureKind, text string) *Failure { return &Failure{Kind: kind, Text: text} }

// Error says it in a line.
func (failure *Failure) Error() string {
	text := failure.Kind.String() + ": " + failure.Text
	if failure.Code != "" {
		text += " (" + failure.Code + ")"
	}
	return text
}

// MaybeSent says that it may have been sent after all.
func (failure *Failure) MaybeSent() *Failure { return failure.WithCertainty(Unknown) }

// WithCertainty says what is known about the message.
func (failure *Failure) WithCertainty(certainty Certainty) *Failure {
	failure.Certainty = certainty
	return failure
}

// WithCode adds the provider's own code.
func (failure *Failure) WithCode(code string) *Failure {
	failure.Code = code
	return failure
}

// WithRetryAfter adds how long the provider asks to wait, in seconds.
func (failure *Failure) WithRetryAfter(seconds uint32) *Failure {
	failure.RetryAfter = seconds
	return failure
}

// CodeTable is a provider's codes and what they mean, to be read against its documentation.
type CodeTable map[string]FailureKind

// KindOf is what a code means; otherwise if the table doesn't have it.
func (table CodeTable) KindOf(code string, otherwise FailureKind) FailureKind {
	if kind, known := table[code]; known {
		return kind
	}
	return otherwise
}

// KindOfStatus is what an HTTP status means where the provider's answer says no more, and what is then known of the
// message: a gateway's 5xx may come after the provider took it, a 503 says that nobody did.
func KindOfStatus(status uint16) (FailureKind, Certainty) {
	switch {
	case status == 401 || status == 403:
		return AuthenticationFailed, NotSent
	case status == 402:
		return InsufficientFunds, NotSent
	case status == 408:
		return Timeout, Unknown
	case status == 429:
		return RateLimited, NotSent
	case status >= 400 && status <= 499:
		return InvalidConfig, NotSent
	case status == 503:
		return ProviderUnavailable, NotSent
	case status >= 500 && status <= 599:
		return ProviderUnavailable, Unknown
	default:
		return InvalidResponse, Unknown
	}
}
