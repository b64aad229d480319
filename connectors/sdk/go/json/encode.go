package json

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Marshal writes a value. Members of a map are sorted by name.
func Marshal(value any) ([]byte, error) { return write(nil, reflect.ValueOf(value), 0) }

func write(out []byte, value reflect.Value, depth int) ([]byte, error) {
	if depth > depthMax {
		return nil, &Error{Why: "it has more than " + strconv.Itoa(depthMax) + " levels"}
	}
	switch value.Kind() {
	case reflect.Invalid:
		return append(out, "null"...), nil
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return append(out, "null"...), nil
		}
		return write(out, value.Elem(), depth+1)
	case reflect.String:
		return quote(out, value.String()), nil
	case reflect.Bool:
		return strconv.AppendBool(out, value.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(out, value.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(out, value.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		if number := value.Float(); math.IsNaN(number) || math.IsInf(number, 0) {
			return nil, &Error{Why: "JSON has no such number"}
		}
		return strconv.AppendFloat(out, value.Float(), 'f', -1, value.Type().Bits()), nil
	case reflect.Struct:
		return writeStruct(out, value, depth)
	case reflect.Map:
		return writeMap(out, value, depth)
	case reflect.Slice, reflect.Array:
		return writeList(out, value, depth)
	}
	return nil, &Error{Why: "JSON has no " + value.Type().String()}
}

func writeStruct(out []byte, value reflect.Value, depth int) ([]byte, error) {
	out = append(out, '{')
	first := true
	for _, field := range fieldsOf(value.Type()) {
		member := value.Field(field.index)
		if field.omitEmpty && isEmpty(member) {
			continue
		}
		var err error
		if out, err = writeMember(out, field.name, member, first, depth); err != nil {
			return nil, err
		}
		first = false
	}
	return append(out, '}'), nil
}

func writeMap(out []byte, value reflect.Value, depth int) ([]byte, error) {
	if value.Type().Key().Kind() != reflect.String {
		return nil, &Error{Why: "a member's name is a text, not " + value.Type().Key().String()}
	}
	keys := value.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	out = append(out, '{')
	for index, key := range keys {
		var err error
		if out, err = writeMember(out, key.String(), value.MapIndex(key), index == 0, depth); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func writeMember(out []byte, name string, value reflect.Value, first bool, depth int) ([]byte, error) {
	if !first {
		out = append(out, ',')
	}
	return write(append(quote(out, name), ':'), value, depth+1)
}

func writeList(out []byte, value reflect.Value, depth int) ([]byte, error) {
	if value.Type().Elem().Kind() == reflect.Uint8 {
		return nil, &Error{Why: "bytes are no text: encode them first"}
	}
	out = append(out, '[')
	for index := range value.Len() {
		if index > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = write(out, value.Index(index), depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func isEmpty(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Struct:
		return false
	case reflect.Slice, reflect.Map:
		return value.Len() == 0
	}
	return value.IsZero()
}

// quote writes a text. What is no UTF-8 in it becomes U+FFFD.
func quote(out []byte, text string) []byte {
	out = append(out, '"')
	for _, char := range text {
		switch {
		case char == '"' || char == '\\':
			out = append(out, '\\', byte(char))
		case char < ' ':
			out = append(out, '\\', 'u', '0', '0', "0123456789abcdef"[char>>4], "0123456789abcdef"[char&15])
		default:
			out = utf8.AppendRune(out, char)
		}
	}
	return append(out, '"')
}
