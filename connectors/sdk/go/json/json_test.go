package json

import (
	"bytes"
	stdlib "encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

type inner struct {
	ID Text `json:"id"`
}

type outer struct {
	Name    string            `json:"name"`
	Count   uint32            `json:"count"`
	Signed  int8              `json:"signed"`
	Share   float64           `json:"share"`
	On      bool              `json:"on"`
	Maybe   *string           `json:"maybe"`
	Parts   []inner           `json:"parts"`
	Map     map[string]int    `json:"map"`
	Any     any               `json:"any"`
	Empty   []string          `json:"empty,omitempty"`
	Skipped string            `json:"-"`
	Plain   map[string]string `json:",omitempty"`
	hidden  string
}

const whole = `{"name":"a\"\\\/\b\f\n\r\t\u00fc\ud83d\ude00ü", "count":4294967295, "signed":-128, "share":-1.5e3, "on":true,
 "maybe":"x", "parts":[{"id":"m-1"},{"id":17},{"id":true},{}], "map":{"a":1,"b":2}, "any":{"x":[1,"2",null,false]},
 "unknown":{"deep":[[[{}]]]}, "hidden":"no", "Skipped":"no"}`

func TestWhatTheStandardLibraryReadsIsReadAlike(t *testing.T) {
	var ours, theirs struct {
		outer
		ID Text
	}
	if err := Unmarshal([]byte(whole), &ours.outer); err != nil {
		t.Fatal(err)
	}
	// The standard library knows no Text that is a number.
	comparable := strings.NewReplacer(`"id":17`, `"id":"17"`, `"id":true`, `"id":"true"`).Replace(whole)
	if err := stdlib.Unmarshal([]byte(comparable), &theirs.outer); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(ours.outer, theirs.outer) {
		t.Errorf("%+v\n%+v", ours.outer, theirs.outer)
	}
	if ours.Skipped != "" || ours.hidden != "" {
		t.Error("a member that has no name here was filled")
	}
}

func TestWhatIsWrittenIsReadByTheStandardLibrary(t *testing.T) {
	text := "x"
	value := outer{
		Name: "\"\\/\b\n\x00\x1fü😀", Count: 7, Signed: -1, Share: 0.0075, On: true, Maybe: &text,
		Parts: []inner{{"1"}}, Map: map[string]int{"b": 1, "a": 2}, Any: []any{nil, 1.5, "x", map[string]any{}},
	}
	written, err := Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var back outer
	if err := stdlib.Unmarshal(written, &back); err != nil {
		t.Fatalf("%v: %s", err, written)
	}
	if !reflect.DeepEqual(value, back) {
		t.Errorf("%+v\n%+v", value, back)
	}
	if !strings.Contains(string(written), `"map":{"a":2,"b":1}`) || strings.Contains(string(written), "empty") {
		t.Errorf("%s", written)
	}
}

func TestWhatDoesNotFitIsNamed(t *testing.T) {
	for text, expected := range map[string]string{
		`{"name": 1}`:                          "`name`: the number 1 does not fit into string",
		`{"count": -1}`:                        "`count`: the number -1 does not fit into uint32",
		`{"count": 1.0}`:                       "`count`: the number 1.0 does not fit into uint32",
		`{"signed": 128}`:                      "`signed`: the number 128 does not fit into int8",
		`{"parts": {}}`:                        "`parts`: an object does not fit into []json.inner",
		`{"parts": [{"id": "1"}, {"id": []}]}`: "`parts[1].id`: a list does not fit into json.Text",
		`{"on": "true"}`:                       "`on`: a text does not fit into bool",
		`{"any": 1e999}`:                       "`any`: the number 1e999 is too large",
		`[]`:                                   "a list does not fit into a struct",
	} {
		var into outer
		if err := Unmarshal([]byte(text), &into); err == nil || err.Error() != expected {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWhatIsNoJSONIsRefusedAsTheStandardLibraryRefusesIt(t *testing.T) {
	for _, text := range []string{
		"", " ", "{", "}", `{"a"}`, `{"a":}`, `{"a":1,}`, "[1,]", "[1 2]", "{1:2}", "01", "-", "1.", ".5", "1e", "+1", "nul",
		"truex", `"`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "{} {}", "\ufeff{}", "NaN", "'a'", "\x00", `{"a":1 "b":2}`,
		`"\`, `"\u`, "[", `{"a":[`, `{"a":"`, "-01", "1e+", "tru", "\xff",
	} {
		var into any
		if err := Unmarshal([]byte(text), &into); err == nil {
			t.Errorf("%q was read: %v", text, into)
		}
		if stdlib.Valid([]byte(text)) {
			t.Errorf("%q is JSON", text)
		}
	}
}

func TestDepthAndHalfCharactersAreBounded(t *testing.T) {
	for _, open := range []string{"[", `{"a":`, `{"any":`, `{"parts":[`} {
		var into outer
		for _, target := range []any{&into, new(any), new(inner)} {
			if err := Unmarshal([]byte(strings.Repeat(open, 1_000_000)), target); err == nil {
				t.Errorf("%s was read", open)
			}
		}
	}
	var text string
	if err := Unmarshal([]byte("\"a\xffb\\ud800c\\ud800\\u0041\\udc00\""), &text); err != nil || text != "a\uFFFDb\uFFFDc\uFFFDA\uFFFD" {
		t.Errorf("%q %v", text, err)
	}
}

func TestWhatJSONDoesNotHaveIsRefused(t *testing.T) {
	circle := map[string]any{}
	circle["self"] = circle
	for _, value := range []any{math.NaN(), math.Inf(1), func() {}, make(chan int), []byte("x"), map[int]string{1: "x"}, circle, 1i} {
		if written, err := Marshal(value); err == nil {
			t.Errorf("%T: %s", value, written)
		}
	}
	var text string
	if Unmarshal([]byte(`""`), text) == nil || Unmarshal([]byte(`""`), nil) == nil || Unmarshal([]byte(`""`), (*string)(nil)) == nil {
		t.Error("it was read into what is no pointer")
	}
}

func TestNullIsNothing(t *testing.T) {
	text := "before"
	value := outer{Name: "kept", Maybe: &text, Parts: []inner{{}}, Any: 1}
	if err := Unmarshal([]byte(`{"name":null,"maybe":null,"parts":null,"any":null,"map":null,"on":null}`), &value); err != nil {
		t.Fatal(err)
	}
	if value.Name != "kept" || value.Maybe != nil || value.Parts != nil || value.Any != nil {
		t.Errorf("%+v", value)
	}
}

func FuzzReadingNeverPanics(f *testing.F) {
	f.Add([]byte(whole))
	f.Fuzz(func(t *testing.T, data []byte) {
		var ours, theirs any
		err := Unmarshal(data, &ours)
		// Half characters are counted in another way there, and it reads more levels.
		same := !utf8.Valid(data) || bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > depthMax
		if !same && ((stdlib.Unmarshal(data, &theirs) == nil) != (err == nil) || err == nil && !reflect.DeepEqual(ours, theirs)) {
			t.Errorf("%q: %v, %v, %v", data, ours, theirs, err)
		}
		_ = Unmarshal(data, &outer{})
	})
}
