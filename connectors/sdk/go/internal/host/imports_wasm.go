package host

import (
	"unsafe"

	"countersign/internal/abi"
)

// Records in parameters come apart into their words, and a result is written where the last parameter says.

//go:wasmimport countersign:connector/http@1.0.0 send
func httpSend(
	methodPtr, methodLen, urlPtr, urlLen, headersPtr, headersLen, bodyPtr, bodyLen, credentialsPtr, credentialsLen uint32,
	timeoutSome, timeout uint32, result unsafe.Pointer,
)

//go:wasmimport countersign:connector/credentials@1.0.0 sign
func credentialsSign(namePtr, nameLen, dataPtr, dataLen uint32, result unsafe.Pointer)

//go:wasmimport countersign:connector/credentials@1.0.0 digest
func credentialsDigest(namePtr, nameLen, valuesPtr, valuesLen uint32, result unsafe.Pointer)

//go:wasmimport countersign:connector/credentials@1.0.0 token
func credentialsToken(namePtr, nameLen, claimsPtr, claimsLen uint32, result unsafe.Pointer)

//go:wasmimport countersign:connector/credentials@1.0.0 verify
func credentialsVerify(namePtr, nameLen, dataPtr, dataLen, signaturePtr, signatureLen uint32, result unsafe.Pointer)

//go:wasmimport countersign:connector/log@1.0.0 write
func logWrite(level, textPtr, textLen uint32)

// Send asks the host to send a request.
func Send(request Request) (Response, *Fault) {
	method, url := abi.StringOf(request.Method), abi.StringOf(request.URL)
	headers := abi.PairsOf(request.Headers, same)
	body, credentials := abi.ListOf(request.Body), abi.StringsOf(request.Credentials)
	timeout := abi.NumberOf(request.TimeoutMS)
	result := new(abi.Result[abi.Response, abi.Variant])
	abi.MakeRoom()
	httpSend(
		method.Ptr, method.Len, url.Ptr, url.Len, headers.Ptr, headers.Len, body.Ptr, body.Len,
		credentials.Ptr, credentials.Len, flag(timeout.Some), timeout.Value, abi.Address(result),
	)
	if result.Error {
		fault, text := refused(unsafe.Pointer(&result.Value))
		return Response{}, &Fault{fault, text}
	}
	response := Response{Status: result.Value.Status, Body: result.Value.Body.Slice()}
	for _, header := range result.Value.Headers.Slice() {
		response.Headers = append(response.Headers, [2]string{abi.Text(header.Name), abi.Text(header.Value)})
	}
	return response, nil
}

// Sign asks for a marker.
func Sign(name string, data []byte) (string, *Refusal) {
	key, bytes, result := abi.StringOf(name), abi.ListOf(data), new(abi.Result[abi.String, abi.Variant])
	credentialsSign(key.Ptr, key.Len, bytes.Ptr, bytes.Len, abi.Address(result))
	return marker(result)
}

// Digest asks for a marker.
func Digest(name string, values [][2]string) (string, *Refusal) {
	key, list, result := abi.StringOf(name), abi.PairsOf(values, same), new(abi.Result[abi.String, abi.Variant])
	credentialsDigest(key.Ptr, key.Len, list.Ptr, list.Len, abi.Address(result))
	return marker(result)
}

// Token asks for a marker.
func Token(name string, claims [][2]string) (string, *Refusal) {
	key, list, result := abi.StringOf(name), abi.PairsOf(claims, same), new(abi.Result[abi.String, abi.Variant])
	credentialsToken(key.Ptr, key.Len, list.Ptr, list.Len, abi.Address(result))
	return marker(result)
}

// Verify asks whether a signature is good.
func Verify(name string, data, signature []byte) (bool, *Refusal) {
	key, bytes, signed := abi.StringOf(name), abi.ListOf(data), abi.ListOf(signature)
	// The flag alone would lie at its own alignment: the refusal beside it puts it at 4.
	result := new(abi.Result[abi.Variant, abi.Variant])
	credentialsVerify(key.Ptr, key.Len, bytes.Ptr, bytes.Len, signed.Ptr, signed.Len, abi.Address(result))
	if result.Error {
		refusal, text := refused(unsafe.Pointer(&result.Value))
		return false, &Refusal{refusal, text}
	}
	return result.Value.Case != 0, nil
}

// Log writes a line.
func Log(level uint32, text string) {
	line := abi.StringOf(text)
	logWrite(level, line.Ptr, line.Len)
}

func marker(result *abi.Result[abi.String, abi.Variant]) (string, *Refusal) {
	if result.Error {
		refusal, text := refused(unsafe.Pointer(&result.Value))
		return "", &Refusal{refusal, text}
	}
	return abi.Text(result.Value), nil
}

// refused reads the variant; a case without a text leaves there what was there: nothing, in fresh memory.
func refused(at unsafe.Pointer) (uint8, string) {
	variant := (*abi.Variant)(at)
	return variant.Case, abi.Text(variant.Text)
}

func same(pair [2]string) (string, string) { return pair[0], pair[1] }

func flag(some bool) uint32 {
	if some {
		return 1
	}
	return 0
}
