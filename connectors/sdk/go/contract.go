package countersign

// Call is what the host tells about the call itself.
type Call struct {
	IssuedAt    uint64 // now, in milliseconds since 1970-01-01T00:00:00Z
	Nonce       string // fresh for each call: 32 lower-case hexadecimal digits
	Environment string // such as production
	DeadlineMS  uint32 // what is left for this call; the host ends it then
}

// Field is one entry of an open list.
type Field struct{ Name, Value string }

// Header is one HTTP header; names are compared without regard to case.
type Header struct{ Name, Value string }

// Parameter is one named value of a text template.
type Parameter struct{ Name, Value string }

// Money is an amount in a currency.
type Money struct {
	Amount   string // decimal: 0.0075
	Currency string // ISO 4217: USD
}

// Message is one SMS to send. Where it says "if", the empty string says that it isn't so.
type Message struct {
	To              string      // E.164 with +
	CallingCode     string      // of To, digits only
	Country         string      // ISO 3166-1 alpha-2 of To, if the number tells
	Purpose         string      // sign-in, register, …, generic
	Locale          string      // BCP 47 tag of the recipient's language
	Reference       string      // the same when the host tries again: an idempotency key, at most 64 of [A-Za-z0-9_-]
	ValiditySeconds uint32      // what is left of the code's life: a provider that queues must not deliver later
	Sender          string      // for this recipient, if the operator set one; beats the configuration's
	Text            string      // rendered by the host; empty only where TemplateID is given
	TemplateID      string      // the provider's id of a registered template, if it sends nothing else
	TemplateLocale  string      // the language under which that template is registered, if any
	Parameters      []Parameter // the template's values in order; code is always among them
	CallbackURL     string      // where the provider may report delivery, if reports can be received
	ClientIP        string      // the end user's, if the caller told it
	Extra           []Field     // regulatory ids and the like: dlt-entity-id
}

// Receipt says that the provider took the message.
type Receipt struct {
	Status     ReceiptStatus
	MessageIDs []string // one, or one for each part
	Segments   uint32   // SMS parts that the provider counts; 0 if it doesn't say
	Price      *Money
	Extra      []Field
}

// Standing is what an account check tells.
type Standing struct {
	Name    string // what the provider calls the account, if it says
	Balance *Money
	Extra   []Field
}

// Callback is the provider's request to us, as it arrived.
type Callback struct {
	Method  string
	URL     string // the full public one, as the provider signed it
	Headers []Header
	Body    []byte
}

// Header is the first header of that name; empty if there is none.
func (callback Callback) Header(name string) string { return headerOf(callback.Headers, name) }

// Report is what became of a message. Whatever the provider doesn't say stays at its zero value.
type Report struct {
	MessageIDs []string // ids that a receipt named; none if the report names only our Reference
	Reference  string
	Status     ReportStatus
	At         uint64 // when it happened, in milliseconds since 1970-01-01T00:00:00Z
	Kind       FailureKind
	Code       string // the provider's own
	Text       string
	Network    string // as the provider names it
	Segments   uint32
	Price      *Money
	Extra      []Field
}

// Answer is what to answer the provider.
type Answer struct {
	Status      uint16
	ContentType string
	Body        []byte
}

// Handled is a callback, read.
type Handled struct {
	Reports []Report
	Answer  Answer
}
