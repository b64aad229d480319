package countersign

import (
	"strconv"
	"strings"

	"countersign/json"
)

// Response is a provider's answer.
type Response struct {
	Status  uint16
	Headers []Header
	Body    []byte
}

// Success tells whether the status is 2xx.
func (response *Response) Success() bool { return response.Status >= 200 && response.Status < 300 }

// Header is the first header of that name; empty if there is none.
func (response *Response) Header(name string) string { return headerOf(response.Headers, name) }

// JSON reads the body into a struct with json tags. A body that is not the JSON that it should be may hide a message
// that was sent, and the failure says so.
func (response *Response) JSON(into any) error {
	if err := json.Unmarshal(response.Body, into); err != nil {
		return Fail(InvalidResponse, "the provider's answer is not the JSON that it documents: "+err.Error()).MaybeSent()
	}
	return nil
}

// RetryAfter is Retry-After in seconds, where it is a number (RFC 9110 §10.2.3); 0 where it isn't there.
func (response *Response) RetryAfter() uint32 {
	seconds, err := strconv.ParseUint(strings.TrimSpace(response.Header("retry-after")), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(seconds)
}

func headerOf(headers []Header, name string) string {
	for _, header := range headers {
		if strings.EqualFold(header.Name, name) {
			return header.Value
		}
	}
	return ""
}
