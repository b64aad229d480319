// Twilio, Programmable Messaging: POST /2010-04-01/Accounts/{sid}/Messages.json.
// https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
package main

import (
	"strconv"
	"strings"

	"countersign"
)

// Settings is the configuration, without its secret.
type Settings struct {
	AccountSID string `json:"account_sid"`
	From       string `json:"from"`
}

// Longest validity that Twilio takes, in seconds.
const validityMax = 36_000

func init() { countersign.Register(send) }

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

func request(settings Settings, message countersign.Message) *countersign.Request {
	validity := min(max(message.ValiditySeconds, 1), validityMax)
	form := countersign.Form{
		{Name: "To", Value: message.To},
		{Name: "Body", Value: message.Text},
		{Name: "ValidityPeriod", Value: strconv.FormatUint(uint64(validity), 10)},
	}
	// A sender for this recipient beats the configuration's; it may be a messaging service.
	switch {
	case strings.HasPrefix(message.Sender, "MG"):
		form.Add("MessagingServiceSid", message.Sender)
	case message.Sender != "":
		form.Add("From", message.Sender)
	default:
		form.Add("From", settings.From)
	}
	if message.CallbackURL != "" {
		form.Add("StatusCallback", message.CallbackURL)
	}
	url := "https://api.twilio.com/2010-04-01/Accounts/" + settings.AccountSID + "/Messages.json"
	return countersign.Post(url).Credential("account").Form(form)
}

type created struct {
	SID       string  `json:"sid"`
	Status    string  `json:"status"`
	Segments  string  `json:"num_segments"`
	Price     *string `json:"price"`
	PriceUnit string  `json:"price_unit"`
}

func reply(response *countersign.Response) (countersign.Receipt, error) {
	if !response.Success() {
		return countersign.Receipt{}, refusal(response)
	}
	var created created
	if err := response.JSON(&created); err != nil {
		return countersign.Receipt{}, err
	}
	if created.SID == "" {
		return countersign.Receipt{}, countersign.Fail(countersign.InvalidResponse, "the answer names no SID").MaybeSent()
	}
	status := countersign.ReceiptAccepted
	switch created.Status {
	case "queued", "accepted", "scheduled":
		status = countersign.ReceiptQueued
	}
	receipt := countersign.Accepted(status, created.SID)
	if segments, err := strconv.ParseUint(created.Segments, 10, 32); err == nil {
		receipt.Segments = uint32(segments)
	}
	if created.Price != nil && created.PriceUnit != "" {
		receipt.Price = &countersign.Money{Amount: *created.Price, Currency: created.PriceUnit}
	}
	return receipt, nil
}

type refused struct {
	Code    uint32 `json:"code"`
	Message string `json:"message"`
}

func refusal(response *countersign.Response) error {
	kind, certainty := countersign.KindOfStatus(response.Status)
	status := strconv.Itoa(int(response.Status))
	var refused refused
	if response.JSON(&refused) != nil {
		told := countersign.Fail(kind, "Twilio answered with status "+status)
		return told.WithCertainty(certainty).WithRetryAfter(response.RetryAfter())
	}
	// Twilio refuses before it sends: a code of its own is a clear no. Only its own trouble (5xx) leaves a doubt.
	if response.Status < 500 {
		certainty = countersign.NotSent
	}
	if refused.Message == "" {
		refused.Message = "status " + status
	}
	code := ""
	if refused.Code != 0 {
		code = strconv.FormatUint(uint64(refused.Code), 10)
	}
	told := countersign.Fail(codes.KindOf(code, kind), refused.Message).WithCode(code)
	return told.WithCertainty(certainty).WithRetryAfter(response.RetryAfter())
}
