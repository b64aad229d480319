// Package countersign is for connectors in Go: provider knowledge, and nothing else.
//
// A connector is two pure functions and a table: build the request, read the reply, and the provider's codes. Pure
// functions are tested with go test, without a sandbox; the component as a whole is tested by transcripts.
//
//	func init() { countersign.Register(send) }
//
//	func send(call countersign.Call, config []byte, message countersign.Message) (countersign.Receipt, error) {
//		var settings Settings
//		if err := countersign.ParseConfig(config, &settings); err != nil {
//			return countersign.Receipt{}, err
//		}
//		response, err := countersign.Exchange(request(settings, message))
//		if err != nil {
//			return countersign.Receipt{}, err
//		}
//		return reply(response)
//	}
//
//	func main() {}
//
// Secrets never come here: name a credential of connector.toml with [Request.Credential] and leave its place in the
// request empty. Nothing survives a call: each has a fresh instance. Checking the account and reading delivery reports
// are packages of their own, countersign/account and countersign/reports: importing one exports it.
package countersign

import (
	"time"

	"countersign/json"
)

// Send asks the provider to send message, once. config is the configuration as JSON, without its secrets.
type Send func(call Call, config []byte, message Message) (Receipt, error)

var send Send

// Register says which function sends. Call it in init: main is never called.
func Register(function Send) { send = function }

// ParseConfig reads the configuration into a struct with json tags. The host has judged it by the schema already: a
// fault here is one of the connector, so it names the field.
func ParseConfig(config []byte, into any) error {
	if err := json.Unmarshal(config, into); err != nil {
		return Fail(InvalidConfig, "the configuration does not fit: "+err.Error())
	}
	return nil
}

// Accepted is a receipt with one id, as most providers give it.
func Accepted(status ReceiptStatus, id string) Receipt {
	return Receipt{Status: status, MessageIDs: []string{id}}
}

// Time is when the call was issued, in UTC. Use it wherever a provider wants a date.
func (call Call) Time() time.Time { return time.UnixMilli(int64(call.IssuedAt)).UTC() }

// NonceAsUUID is the call's nonce in the shape of a UUID, for providers that insist on it.
func (call Call) NonceAsUUID() string {
	nonce := call.Nonce
	if len(nonce) != 32 {
		return nonce
	}
	return nonce[:8] + "-" + nonce[8:12] + "-" + nonce[12:16] + "-" + nonce[16:20] + "-" + nonce[20:]
}
