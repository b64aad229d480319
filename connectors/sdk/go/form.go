package countersign

import "strings"

// Form is the fields of an application/x-www-form-urlencoded body, in order.
type Form []Field

// Add adds a field at the end.
func (form *Form) Add(name, value string) { *form = append(*form, Field{name, value}) }

// Get is the first value of that name; empty if there is none.
func (form Form) Get(name string) string {
	for _, field := range form {
		if field.Name == name {
			return field.Value
		}
	}
	return ""
}

// Encode writes the body.
func (form Form) Encode() string {
	var out strings.Builder
	for index, field := range form {
		if index > 0 {
			out.WriteByte('&')
		}
		escape(&out, field.Name)
		out.WriteByte('=')
		escape(&out, field.Value)
	}
	return out.String()
}

// ParseForm reads such a body, as a callback has it. What is no percent-encoding stays as it is.
func ParseForm(body []byte) Form {
	var form Form
	for _, pair := range strings.Split(string(body), "&") {
		if pair != "" {
			name, value, _ := strings.Cut(pair, "=")
			form.Add(unescape(name), unescape(value))
		}
	}
	return form
}

const digits = "0123456789ABCDEF"

// https://url.spec.whatwg.org/#urlencoded-serializing
func escape(out *strings.Builder, text string) {
	for index := 0; index < len(text); index++ {
		switch char := text[index]; {
		case isAlphanumeric(char) || strings.IndexByte("*-._", char) >= 0:
			out.WriteByte(char)
		case char == ' ':
			out.WriteByte('+')
		default:
			out.WriteByte('%')
			out.WriteByte(digits[char>>4])
			out.WriteByte(digits[char&15])
		}
	}
}

// PercentEncode writes everything but the unreserved characters of RFC 3986 §2.3 as %XX: a segment of a path, and
// what AWS and Alibaba Cloud sign.
func PercentEncode(text string) string {
	var out strings.Builder
	for index := 0; index < len(text); index++ {
		if char := text[index]; isAlphanumeric(char) || strings.IndexByte("-._~", char) >= 0 {
			out.WriteByte(char)
		} else {
			out.WriteByte('%')
			out.WriteByte(digits[char>>4])
			out.WriteByte(digits[char&15])
		}
	}
	return out.String()
}

func unescape(text string) string {
	var out strings.Builder
	for index := 0; index < len(text); index++ {
		switch char := text[index]; {
		case char == '+':
			out.WriteByte(' ')
		case char == '%' && index+2 < len(text) && isHex(text[index+1]) && isHex(text[index+2]):
			out.WriteByte(valueOf(text[index+1])<<4 | valueOf(text[index+2]))
			index += 2
		default:
			out.WriteByte(char)
		}
	}
	return strings.ToValidUTF8(out.String(), "\uFFFD")
}

func isAlphanumeric(char byte) bool {
	return char >= 'a' && char <= 'z' || char >= 'A' && char <= 'Z' || char >= '0' && char <= '9'
}

func isHex(char byte) bool {
	return char >= '0' && char <= '9' || char >= 'a' && char <= 'f' || char >= 'A' && char <= 'F'
}

func valueOf(digit byte) byte {
	if digit <= '9' {
		return digit - '0'
	}
	return digit&^0x20 - 'A' + 10
}
