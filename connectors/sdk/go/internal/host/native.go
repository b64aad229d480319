//go:build !wasm

package host

const nobody = "there is no host outside the sandbox: test the functions that need none"

// Send refuses.
func Send(Request) (Response, *Fault) { return Response{}, &Fault{Denied, nobody} }

// Sign refuses.
func Sign(string, []byte) (string, *Refusal) { return "", &Refusal{OtherRefusal, nobody} }

// Digest refuses.
func Digest(string, [][2]string) (string, *Refusal) { return "", &Refusal{OtherRefusal, nobody} }

// Token refuses.
func Token(string, [][2]string) (string, *Refusal) { return "", &Refusal{OtherRefusal, nobody} }

// Verify refuses.
func Verify(string, []byte, []byte) (bool, *Refusal) { return false, &Refusal{OtherRefusal, nobody} }

// Log prints.
func Log(_ uint32, text string) { println(text) }
