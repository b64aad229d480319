package main

import (
	"countersign"
	"countersign/account"
	"countersign/json"
	"countersign/reports"
)

func init() {
	account.Register(check)
	reports.Register(handle)
}

// The call and the configuration come back in the standing.
func check(call countersign.Call, config []byte) (countersign.Standing, error) {
	told, err := json.Marshal(call)
	if err != nil {
		return countersign.Standing{}, err
	}
	return countersign.Standing{
		Name: "Ä account", Balance: &countersign.Money{Amount: "12.50", Currency: "USD"},
		Extra: []countersign.Field{{Name: "call", Value: string(told)}, {Name: "config", Value: string(config)}},
	}, nil
}

// The callback comes back in the first report, whose every field is set; in the second none is.
func handle(call countersign.Call, config []byte, callback countersign.Callback) (countersign.Handled, error) {
	good, err := countersign.Verify("callback", callback.Body, []byte("no signature"))
	if err != nil || good {
		return countersign.Handled{}, countersign.Fail(countersign.Other, "a signature that is none was taken for one")
	}
	told, err := json.Marshal(struct {
		Call        countersign.Call
		Config      string
		Method, URL string
		Headers     []countersign.Header
		Body        string
	}{call, string(config), callback.Method, callback.URL, callback.Headers, string(callback.Body)})
	if err != nil {
		return countersign.Handled{}, err
	}
	full := countersign.Report{
		MessageIDs: []string{"m-1", "m-2"}, Reference: "msg_1", Status: countersign.ReportExpired,
		At: 1_768_478_400_123, Kind: countersign.ContentRejected, Code: "30007", Text: "filtered", Network: "Net ü",
		Segments: 3, Price: &countersign.Money{Amount: "0.01", Currency: "EUR"},
		Extra: []countersign.Field{{Name: "told", Value: string(told)}},
	}
	answer := countersign.Answer{Status: 202, ContentType: "text/xml", Body: []byte("<ok/>")}
	return countersign.Handled{Reports: []countersign.Report{full, {}}, Answer: answer}, nil
}
