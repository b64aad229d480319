// {{name}}: POST /v1/messages. Two functions and a table; the host does the rest.
package main

import (
	"strconv"

	"countersign"
)

// Settings is what the form holds, without its secrets: those never come here.
type Settings struct {
	From string `json:"from"`
}

// The provider's codes, in the contract's words.
var codes = countersign.CodeTable{
	"invalid_number": countersign.InvalidRecipient,
	"opted_out":      countersign.RecipientBlocked,
	"no_credit":      countersign.InsufficientFunds,
	"unknown_sender": countersign.InvalidConfig,
}

func init() { countersign.Register(send) }

// Never called: the host calls what is registered.
func main() {}

func send(_ countersign.Call, config []byte, message countersign.Message) (countersign.Receipt, error) {
	var settings Settings
	if err := countersign.ParseConfig(config, &settings); err != nil {
		return countersign.Receipt{}, err
	}
	response, err := countersign.Exchange(request(settings, message))
	if err != nil {
		return countersign.Receipt{}, err
	}
	return reply(response)
}

type body struct {
	To              string `json:"to"`
	From            string `json:"from"`
	Text            string `json:"text"`
	Reference       string `json:"reference"`
	ValiditySeconds uint32 `json:"validity_seconds"`
}

func request(settings Settings, message countersign.Message) *countersign.Request {
	from := settings.From
	if message.Sender != "" {
		from = message.Sender
	}
	// token is a credential of connector.toml: its place is left empty, and the host fills it.
	return countersign.Post("https://api.{{id}}.example/v1/messages").Credential("token").JSON(body{
		To:              message.To,
		From:            from,
		Text:            message.Text,
		Reference:       message.Reference,
		ValiditySeconds: message.ValiditySeconds,
	})
}

type taken struct {
	ID       string `json:"id"`
	Segments uint32 `json:"segments"`
}

type refused struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func reply(response *countersign.Response) (countersign.Receipt, error) {
	if !response.Success() {
		return countersign.Receipt{}, refusal(response)
	}
	var taken taken
	if err := response.JSON(&taken); err != nil {
		return countersign.Receipt{}, err
	}
	if taken.ID == "" {
		// It may have been sent all the same.
		return countersign.Receipt{}, countersign.Fail(countersign.InvalidResponse, "the answer has no id").MaybeSent()
	}
	receipt := countersign.Accepted(countersign.ReceiptAccepted, taken.ID)
	receipt.Segments = taken.Segments
	return receipt, nil
}

func refusal(response *countersign.Response) error {
	// A status tells the kind where the code does not, and whether something may have been sent all the same.
	kind, certainty := countersign.KindOfStatus(response.Status)
	told := countersign.Fail(kind, "status "+strconv.Itoa(int(response.Status)))
	var refused refused
	if response.JSON(&refused) == nil && refused.Code != "" {
		told = countersign.Fail(codes.KindOf(refused.Code, kind), refused.Message).WithCode(refused.Code)
	}
	return told.WithCertainty(certainty).WithRetryAfter(response.RetryAfter())
}
