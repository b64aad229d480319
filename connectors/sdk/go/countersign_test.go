package countersign

import (
	"errors"
	"strings"
	"testing"

	"countersign/internal/host"
)

func TestAStatusMeansWhatItMeansInEveryLanguage(t *testing.T) {
	for status, expected := range map[uint16]string{
		400: "invalid-config not-sent", 401: "authentication-failed not-sent", 402: "insufficient-funds not-sent",
		403: "authentication-failed not-sent", 404: "invalid-config not-sent", 408: "timeout unknown",
		429: "rate-limited not-sent", 499: "invalid-config not-sent", 500: "provider-unavailable unknown",
		502: "provider-unavailable unknown", 503: "provider-unavailable not-sent", 504: "provider-unavailable unknown",
		200: "invalid-response unknown", 302: "invalid-response unknown", 600: "invalid-response unknown",
	} {
		kind, certainty := KindOfStatus(status)
		if told := kind.String() + " " + certainty.String(); told != expected {
			t.Errorf("%d is %s", status, told)
		}
	}
}

func TestAFaultTellsWhetherAnythingMayHaveBeenSent(t *testing.T) {
	for fault, expected := range map[host.Fault]string{
		{Case: host.Denied, Text: "why"}:     "invalid-config not-sent why",
		{Case: host.DNS, Text: "a.example"}:  "provider-unavailable not-sent the name `a.example` does not resolve",
		{Case: host.Connect, Text: "why"}:    "provider-unavailable not-sent no connection: why",
		{Case: host.TLS, Text: "why"}:        "provider-unavailable not-sent the TLS handshake failed: why",
		{Case: host.Timeout}:                 "timeout unknown the provider did not answer in time",
		{Case: host.TooLarge}:                "invalid-response unknown the provider's answer is too large",
		{Case: host.Protocol, Text: "why"}:   "provider-unavailable unknown the connection broke: why",
		{Case: host.OtherFault, Text: "why"}: "provider-unavailable unknown the connection broke: why",
	} {
		told := meaningOfFault(fault)
		if text := told.Kind.String() + " " + told.Certainty.String() + " " + told.Text; text != expected {
			t.Errorf("%v is %s", fault, text)
		}
	}
}

func TestARefusalNamesTheCredentialAndCertainlySentNothing(t *testing.T) {
	for kind := host.UnknownName; kind <= host.OtherRefusal; kind++ {
		var failure *Failure
		if !errors.As(meaningOfRefusal("aws", &host.Refusal{Case: kind, Text: "jwt"}), &failure) {
			t.Fatalf("%d is no failure", kind)
		}
		if failure.Kind != InvalidConfig || failure.Certainty != NotSent || !strings.Contains(failure.Text, "`aws`") {
			t.Errorf("%d is %v", kind, failure)
		}
	}
	if meaningOfRefusal("aws", nil) != nil {
		t.Error("no refusal is one")
	}
}

func TestAFormReadsBackAsItWasWritten(t *testing.T) {
	form := Form{{"a b", "+&=ü~*"}, {"a b", ""}, {"", "x"}}
	body := form.Encode()
	if body != "a+b=%2B%26%3D%C3%BC%7E*&a+b=&=x" {
		t.Error(body)
	}
	back := ParseForm([]byte(body))
	if len(back) != 3 || back[0] != form[0] || back[1] != form[1] || back[2] != form[2] || back.Get("a b") != "+&=ü~*" {
		t.Error(back)
	}
	if odd := ParseForm([]byte("&%&a=%zz%4&%ff=1&b")); len(odd) != 4 || odd.Get("a") != "%zz%4" || odd.Get("\uFFFD") != "1" {
		t.Errorf("%q", odd)
	}
}

func TestOnlyUnreservedCharactersStay(t *testing.T) {
	if text := PercentEncode("AZaz09-._~ +*/:ü"); text != "AZaz09-._~%20%2B%2A%2F%3A%C3%BC" {
		t.Error(text)
	}
}

func TestAnAnswerIsAskedByTheNameOfAHeader(t *testing.T) {
	response := &Response{Status: 429, Headers: []Header{{"Retry-After", " 30 "}, {"retry-after", "31"}}}
	if response.Success() || response.RetryAfter() != 30 || response.Header("x") != "" {
		t.Error(response.RetryAfter())
	}
	for _, told := range []string{"", "-1", "Fri, 31 Dec 1999 23:59:59 GMT", "4294967296", "1.5"} {
		if seconds := (&Response{Headers: []Header{{"retry-after", told}}}).RetryAfter(); seconds != 0 {
			t.Errorf("%q is %d", told, seconds)
		}
	}
}

func TestABodyThatIsNoJSONLeavesADoubt(t *testing.T) {
	var failure *Failure
	err := (&Response{Status: 201, Body: []byte("<html>")}).JSON(&struct{}{})
	if !errors.As(err, &failure) || failure.Kind != InvalidResponse || failure.Certainty != Unknown {
		t.Error(err)
	}
	err = ParseConfig([]byte(`{"from": 1}`), &struct {
		From string `json:"from"`
	}{})
	if !errors.As(err, &failure) || failure.Kind != InvalidConfig || !strings.Contains(failure.Text, "`from`") {
		t.Error(err)
	}
}

func TestATimeAndANonceTakeTheShapesThatProvidersWant(t *testing.T) {
	call := Call{IssuedAt: 1_768_478_400_000, Nonce: "0f1e2d3c4b5a49788796a5b4c3d2e1f0"}
	if shaped := call.NonceAsUUID(); shaped != "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0" {
		t.Error(shaped)
	}
	if written := call.Time().Format("2006-01-02T15:04:05Z07:00"); written != "2026-01-15T12:00:00Z" {
		t.Error(written)
	}
}

func TestAnErrorOfAnyKindIsAFailure(t *testing.T) {
	inside := Fail(FraudBlocked, "inside").WithCode("E1").WithRetryAfter(3)
	if failureOf(errors.Join(errors.New("outside"), inside)) != inside {
		t.Error("a wrapped failure is lost")
	}
	if told := failureOf(errors.New("why")); told.Kind != Other || told.Certainty != NotSent || told.Text != "why" {
		t.Error(told)
	}
	var none *Failure
	if told := failureOf(none); !strings.Contains(told.Text, "return nil itself") {
		t.Error(told)
	}
	_, err := guarded(func() (int, error) { panic("what") })
	if told := failureOf(err); told.Kind != Other || told.Certainty != NotSent || !strings.Contains(told.Text, "panicked") {
		t.Error(told)
	}
}

func TestOutsideTheSandboxARequestIsRefusedInWords(t *testing.T) {
	defer func() { exchanged = false }()
	if _, err := Exchange(Post("https://a.example").JSON(map[string]string{"a": "b"})); err == nil || !strings.Contains(err.Error(), "no host outside") {
		t.Error(err)
	}
	if _, err := Exchange(Get("https://a.example").JSON(func() {})); err == nil || !strings.Contains(err.Error(), "can't be written") {
		t.Error(err)
	}
}
