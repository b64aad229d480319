// Package abi is the contract's records as they lie in memory, by the canonical ABI of the component model.
//
// The canonical ABI lays a record out as C does: fields in order, each at its own alignment. So does Go, and so each
// type here is its namesake of wit/connector.wit, field by field, and the compiler counts the bytes. What is different
// from Go's own types: a string or list is two 32-bit words, an option has its flag in front, and an enum is one byte
// that counts from 0 in the contract's order.
package abi

import "structs"

// List is list<T>: where it begins and how many there are.
type List[T any] struct {
	_        structs.HostLayout
	Ptr, Len uint32
}

// String is a string: UTF-8, its length in bytes.
type String = List[byte]

// Option is option<T>.
type Option[T any] struct {
	_     structs.HostLayout
	Some  bool
	Value T
}

// Pair is each record of two strings: field, header, parameter; and money.
type Pair struct {
	_           structs.HostLayout
	Name, Value String
}

// Call is record call.
type Call struct {
	_           structs.HostLayout
	IssuedAt    uint64
	Nonce       String
	Environment String
	DeadlineMS  uint32
}

// Message is record message.
type Message struct {
	_               structs.HostLayout
	To              String
	CallingCode     String
	Country         Option[String]
	Purpose         String
	Locale          String
	Reference       String
	ValiditySeconds uint32
	Sender          Option[String]
	Text            String
	TemplateID      Option[String]
	TemplateLocale  Option[String]
	Parameters      List[Pair]
	CallbackURL     Option[String]
	ClientIP        Option[String]
	Extra           List[Pair]
}

// SendArguments is what sms.send takes: more than 16 words, so it comes by its address.
type SendArguments struct {
	_       structs.HostLayout
	Call    Call
	Config  String
	Message Message
}

// Failure is record failure.
type Failure struct {
	_         structs.HostLayout
	Kind      uint8
	Certainty uint8
	Code      Option[String]
	Text      String
	Retry     Option[uint32]
	Extra     List[Pair]
}

// Receipt is record receipt.
type Receipt struct {
	_          structs.HostLayout
	Status     uint8
	MessageIDs List[String]
	Segments   Option[uint32]
	Price      Option[Pair]
	Extra      List[Pair]
}

// Standing is record standing.
type Standing struct {
	_       structs.HostLayout
	Name    Option[String]
	Balance Option[Pair]
	Extra   List[Pair]
}

// Report is record report.
type Report struct {
	_          structs.HostLayout
	MessageIDs List[String]
	Reference  Option[String]
	Status     uint8
	At         Option[uint64]
	Kind       Option[uint8]
	Code       Option[String]
	Text       Option[String]
	Network    Option[String]
	Segments   Option[uint32]
	Price      Option[Pair]
	Extra      List[Pair]
}

// Answer is record answer.
type Answer struct {
	_           structs.HostLayout
	Status      uint16
	ContentType String
	Body        List[byte]
}

// Handled is record handled.
type Handled struct {
	_       structs.HostLayout
	Reports List[Report]
	Answer  Answer
}

// Response is record response of the interface http.
type Response struct {
	_       structs.HostLayout
	Status  uint16
	Headers List[Pair]
	Body    List[byte]
}

// Variant is variant fault and variant refusal: which case, and its text where it has one.
type Variant struct {
	_    structs.HostLayout
	Case uint8
	Text String
}

// Result is result<T, E>: both lie at the same place behind the flag, and Room makes it as large as the larger one.
// All that results hold here is aligned to 4, so that place is the same for all.
type Result[T any, E any] struct {
	_     structs.HostLayout
	Error bool
	Value T
	Room  E
}
