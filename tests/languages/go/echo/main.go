// Echo is the guest by which the SDK is tested: every field that comes in goes into a request, and every field that can
// go out does.
package main

import (
	"errors"
	"strings"

	"countersign"
	"countersign/json"
)

func init() { countersign.Register(send) }

func main() {}

type echo struct {
	Call    countersign.Call
	Config  string
	Message countersign.Message
}

type settings struct {
	Mode string `json:"mode"`
}

func send(call countersign.Call, config []byte, message countersign.Message) (countersign.Receipt, error) {
	var settings settings
	if err := countersign.ParseConfig(config, &settings); err != nil {
		return countersign.Receipt{}, err
	}
	request := countersign.Post("https://api.example.com/echo").Credential("token")
	request.Method, request.TimeoutMS = "PUT", 9_000
	request.Header("x-first", "one").Header("X-Second", "two, and three")
	request.JSON(echo{call, string(config), message})
	switch settings.Mode {
	case "early panic":
		var nothing []string
		return countersign.Accepted(0, nothing[len(settings.Mode)]), nil
	case "early error":
		return countersign.Receipt{}, errors.New("no failure of the SDK's")
	case "unwritable":
		request.JSON(map[string]any{"a": func() {}})
	case "signed":
		return signed(request)
	}
	response, err := countersign.Exchange(request)
	if err != nil {
		return countersign.Receipt{}, err
	}
	return outcome(settings.Mode, response)
}

func outcome(mode string, response *countersign.Response) (countersign.Receipt, error) {
	switch mode {
	case "panic":
		var table map[string]int
		table["x"] = 1
	case "nil failure":
		var none *countersign.Failure
		return countersign.Receipt{}, none
	case "wrapped":
		told := countersign.Fail(countersign.FraudBlocked, "inside").WithCode("E1")
		return countersign.Receipt{}, errors.Join(errors.New("outside"), told)
	case "failure":
		return countersign.Receipt{}, &countersign.Failure{
			Kind: countersign.QuotaExceeded, Certainty: countersign.Unknown, Code: "Ü-1", Text: "used up",
			RetryAfter: 4_000_000_000, Extra: []countersign.Field{{Name: "a", Value: "1"}, {Name: "", Value: ""}},
		}
	case "nothing set":
		return countersign.Receipt{}, &countersign.Failure{}
	case "broken text":
		return countersign.Receipt{}, countersign.Fail(countersign.Other, "a\xFFb").WithCode("\xC3")
	case "json":
		var any struct {
			ID   json.Text      `json:"id"`
			Rest map[string]any `json:"rest"`
		}
		if err := response.JSON(&any); err != nil {
			return countersign.Receipt{}, err
		}
		return countersign.Accepted(countersign.ReceiptAccepted, string(any.ID)), nil
	}
	long := strings.Repeat("long ü ", 20_000)
	return countersign.Receipt{
		Status: countersign.ReceiptOther, MessageIDs: []string{"first", "", long}, Segments: 4_294_967_295,
		Price: &countersign.Money{Amount: "-0.0075", Currency: "EUR"},
		Extra: []countersign.Field{
			{Name: "body", Value: string(response.Body)}, {Name: "x-reply", Value: response.Header("X-REPLY")},
		},
	}, nil
}

func signed(request *countersign.Request) (countersign.Receipt, error) {
	signature, err := countersign.Sign("signing", request.Body)
	if err != nil {
		return countersign.Receipt{}, err
	}
	digest, err := countersign.Digest("hash", countersign.Field{Name: "one", Value: "1"}, countersign.Field{Name: "two", Value: "2"})
	if err != nil {
		return countersign.Receipt{}, err
	}
	token, err := countersign.Token("jwt", countersign.Field{Name: "account", Value: "a"})
	if err != nil {
		return countersign.Receipt{}, err
	}
	for _, refused := range []error{errorOf(countersign.Sign("nobody", nil)), errorOf(countersign.Sign("token", nil))} {
		countersign.Log(countersign.Warning, refused.Error())
	}
	if _, err := countersign.Verify("callback", nil, nil); err != nil {
		countersign.Log(countersign.Info, err.Error())
	}
	if countersign.IsSet("signing") && countersign.IsSet("token") && !countersign.IsSet("nobody") {
		countersign.Log(countersign.Debug, "what is set is known")
	}
	request.Header("x-signature", signature).Header("x-digest", digest).Header("x-token", token)
	request.Credential("signing").Credential("hash").Credential("jwt")
	if _, err := countersign.Exchange(request); err != nil {
		return countersign.Receipt{}, err
	}
	return countersign.Accepted(countersign.ReceiptAccepted, "signed"), nil
}

func errorOf(_ string, err error) error { return err }
