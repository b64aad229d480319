package countersign

import (
	"errors"

	"countersign/internal/host"
)

// Whether this call asked for a request: then a fault of the connector itself leaves a doubt.
var exchanged bool

// Exchange sends a request and waits for the answer. Any status is an answer; a fault becomes the failure it means.
func Exchange(request *Request) (*Response, error) {
	if request.err != nil {
		return nil, request.err
	}
	headers := make([][2]string, len(request.Headers))
	for index, header := range request.Headers {
		headers[index] = [2]string{header.Name, header.Value}
	}
	exchanged = true
	answer, fault := host.Send(host.Request{
		Method: request.Method, URL: request.URL, Headers: headers, Body: request.Body,
		Credentials: request.Credentials, TimeoutMS: request.TimeoutMS,
	})
	if fault != nil {
		return nil, meaningOfFault(*fault)
	}
	response := &Response{Status: answer.Status, Body: answer.Body}
	for _, header := range answer.Headers {
		response.Headers = append(response.Headers, Header{header[0], header[1]})
	}
	return response, nil
}

func meaningOfFault(fault host.Fault) *Failure {
	switch fault.Case {
	case host.Denied:
		return Fail(InvalidConfig, fault.Text)
	case host.DNS:
		return Fail(ProviderUnavailable, "the name `"+fault.Text+"` does not resolve")
	case host.Connect:
		return Fail(ProviderUnavailable, "no connection: "+fault.Text)
	case host.TLS:
		return Fail(ProviderUnavailable, "the TLS handshake failed: "+fault.Text)
	case host.Timeout:
		return Fail(Timeout, "the provider did not answer in time").MaybeSent()
	case host.TooLarge:
		return Fail(InvalidResponse, "the provider's answer is too large").MaybeSent()
	default:
		return Fail(ProviderUnavailable, "the connection broke: "+fault.Text).MaybeSent()
	}
}

// failureOf is what the host is told of an author's error, whatever it is.
func failureOf(err error) *Failure {
	var failure *Failure
	switch {
	case !errors.As(err, &failure):
		return &Failure{Kind: Other, Certainty: certaintyNow(), Text: err.Error()}
	case failure == nil:
		// In Go, a nil of a type of its own is an error that is there.
		text := "the connector returned a nil *Failure as its error: return nil itself"
		return &Failure{Kind: Other, Certainty: certaintyNow(), Text: text}
	default:
		return failure
	}
}

func certaintyNow() Certainty {
	if exchanged {
		return Unknown
	}
	return NotSent
}
