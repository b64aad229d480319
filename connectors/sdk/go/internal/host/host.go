// Package host is what the contract imports, in Go's own types: http, credentials, log.
package host

// Request is record request.
type Request struct {
	Method, URL string
	Headers     [][2]string
	Body        []byte
	Credentials []string
	TimeoutMS   uint32
}

// Response is record response.
type Response struct {
	Status  uint16
	Headers [][2]string
	Body    []byte
}

// Fault is variant fault.
type Fault struct {
	Case uint8
	Text string
}

// The cases of Fault, in the contract's order.
const (
	Denied uint8 = iota
	DNS
	Connect
	TLS
	Timeout
	TooLarge
	Protocol
	OtherFault
)

// Refusal is variant refusal.
type Refusal struct {
	Case uint8
	Text string
}

// The cases of Refusal, in the contract's order.
const (
	UnknownName uint8 = iota
	WrongKind
	NotHere
	OtherRefusal
)
