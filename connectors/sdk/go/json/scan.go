package json

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A scanner goes through a text of RFC 8259.
type scanner struct {
	data []byte
	at   int
	path []string
}

// A scalar: kind is '"', '0', 'b' or 'n'.
type token struct {
	kind byte
	text string
}

// peek is the next byte; 0 at the end, which is no byte of JSON.
func (scanner *scanner) peek() byte {
	if scanner.at < len(scanner.data) {
		return scanner.data[scanner.at]
	}
	return 0
}

func (scanner *scanner) space() {
	for scanner.at < len(scanner.data) && strings.IndexByte(" \t\r\n", scanner.data[scanner.at]) >= 0 {
		scanner.at++
	}
}

// each goes through what stands between commas, up to the closing bracket.
func (scanner *scanner) each(end byte, item func(index int) error) error {
	scanner.at++
	if scanner.space(); scanner.peek() == end {
		scanner.at++
		return nil
	}
	for index := 0; ; index++ {
		if err := item(index); err != nil {
			return err
		}
		switch scanner.space(); scanner.peek() {
		case ',':
			scanner.at++
		case end:
			scanner.at++
			return nil
		case 0:
			return scanner.wrong("it ends too early")
		default:
			return scanner.wrong("a comma is missing")
		}
	}
}

func (scanner *scanner) scalar() (token, error) {
	if scanner.peek() == '"' {
		text, err := scanner.text()
		return token{'"', text}, err
	}
	switch scanner.peek() {
	case 't':
		return scanner.word("true", 'b')
	case 'f':
		return scanner.word("false", 'b')
	case 'n':
		return scanner.word("null", 'n')
	}
	start := scanner.at
	if !scanner.number() {
		return token{}, scanner.wrong("it is not JSON")
	}
	return token{'0', string(scanner.data[start:scanner.at])}, nil
}

func (scanner *scanner) word(word string, kind byte) (token, error) {
	if !bytes.HasPrefix(scanner.data[scanner.at:], []byte(word)) {
		return token{}, scanner.wrong("it is not JSON")
	}
	scanner.at += len(word)
	return token{kind, word}, nil
}

// number goes over one, by the grammar of RFC 8259 §6.
func (scanner *scanner) number() bool {
	scanner.one("-")
	if !scanner.one("0") && scanner.digits() == 0 {
		return false
	}
	if scanner.one(".") && scanner.digits() == 0 {
		return false
	}
	if scanner.one("eE") {
		scanner.one("+-")
		return scanner.digits() > 0
	}
	return true
}

func (scanner *scanner) one(of string) bool {
	found := scanner.peek() != 0 && strings.IndexByte(of, scanner.peek()) >= 0
	if found {
		scanner.at++
	}
	return found
}

func (scanner *scanner) digits() int {
	start := scanner.at
	for scanner.peek() >= '0' && scanner.peek() <= '9' {
		scanner.at++
	}
	return scanner.at - start
}

// text reads a text. What is no UTF-8 in it becomes U+FFFD.
func (scanner *scanner) text() (string, error) {
	var out strings.Builder
	scanner.at++
	start := scanner.at
	for scanner.at < len(scanner.data) {
		switch char := scanner.data[scanner.at]; {
		case char == '"':
			out.Write(scanner.data[start:scanner.at])
			scanner.at++
			return strings.ToValidUTF8(out.String(), "\uFFFD"), nil
		case char == '\\':
			out.Write(scanner.data[start:scanner.at])
			if err := scanner.escape(&out); err != nil {
				return "", err
			}
			start = scanner.at
		case char < ' ':
			return "", scanner.wrong("a control character stands in a text")
		default:
			scanner.at++
		}
	}
	return "", scanner.wrong("it ends too early")
}

func (scanner *scanner) escape(out *strings.Builder) error {
	scanner.at++
	char := scanner.peek()
	scanner.at++
	if at := strings.IndexByte(`"\/bfnrt`, char); char != 0 && at >= 0 {
		out.WriteByte("\"\\/\b\f\n\r\t"[at])
		return nil
	}
	unit, good := scanner.unit()
	if char != 'u' || !good {
		return scanner.wrong("an escape in a text is none")
	}
	switch {
	case unit >= 0xDC00 && unit <= 0xDFFF:
		unit = utf8.RuneError
	case unit >= 0xD800 && unit <= 0xDBFF:
		// Only both halves are a character.
		behind := scanner.at
		high := unit
		unit = utf8.RuneError
		if scanner.one("\\") && scanner.one("u") {
			if low, good := scanner.unit(); good && low >= 0xDC00 && low <= 0xDFFF {
				unit, behind = (high-0xD800)<<10+(low-0xDC00)+0x10000, scanner.at
			}
		}
		scanner.at = behind
	}
	out.WriteRune(unit)
	return nil
}

func (scanner *scanner) unit() (rune, bool) {
	if scanner.at+4 > len(scanner.data) {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(scanner.data[scanner.at:scanner.at+4]), 16, 16)
	scanner.at += 4
	return rune(unit), err == nil
}

func (scanner *scanner) push(name string) { scanner.path = append(scanner.path, name) }

func (scanner *scanner) pop() { scanner.path = scanner.path[:len(scanner.path)-1] }

// wrong is an error at this place.
func (scanner *scanner) wrong(why string) error {
	var path strings.Builder
	for index, name := range scanner.path {
		if index > 0 && !strings.HasPrefix(name, "[") {
			path.WriteByte('.')
		}
		path.WriteString(name)
		if path.Len() > 200 {
			break
		}
	}
	return &Error{Path: path.String(), Why: why}
}
