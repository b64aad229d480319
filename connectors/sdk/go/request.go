package countersign

import "countersign/json"

// Request is one to be sent by the host.
type Request struct {
	Method      string // upper case
	URL         string // absolute, https://…
	Headers     []Header
	Body        []byte
	Credentials []string // names in connector.toml; the host places them as the request leaves
	TimeoutMS   uint32   // how long you would wait; 0 leaves it to the call's own deadline
	err         error
}

// Get is a GET.
func Get(url string) *Request { return &Request{Method: "GET", URL: url} }

// Post is a POST.
func Post(url string) *Request { return &Request{Method: "POST", URL: url} }

// Header adds a header.
func (request *Request) Header(name, value string) *Request {
	request.Headers = append(request.Headers, Header{name, value})
	return request
}

// Credential names a credential of the manifest, placed by the host as the request leaves.
func (request *Request) Credential(name string) *Request {
	request.Credentials = append(request.Credentials, name)
	return request
}

// Form makes an application/x-www-form-urlencoded body.
func (request *Request) Form(form Form) *Request {
	return request.Content("application/x-www-form-urlencoded", []byte(form.Encode()))
}

// JSON makes a JSON body of a struct with json tags, a map or whatever else countersign/json takes. What it does not
// take is told by [Exchange], and nothing is sent.
func (request *Request) JSON(body any) *Request {
	written, err := json.Marshal(body)
	if err != nil {
		request.err = Fail(InvalidConfig, "the body can't be written: "+err.Error())
	}
	return request.Content("application/json", written)
}

// Content makes a body of another kind: XML, or one whose bytes a signature covers.
func (request *Request) Content(contentType string, body []byte) *Request {
	request.Body = body
	return request.Header("content-type", contentType)
}
