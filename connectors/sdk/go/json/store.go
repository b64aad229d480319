package json

import (
	"reflect"
	"strconv"
)

// store puts a scalar where it fits.
func (decoder *decoder) store(token token, into reflect.Value) error {
	if token.kind == 'n' {
		switch into.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
			into.SetZero()
		}
		return nil
	}
	into = place(into)
	switch {
	case into.Type() == textType:
		into.SetString(token.text)
		return nil
	case into.Kind() == reflect.Interface && into.NumMethod() == 0:
		return decoder.storeAny(token, into)
	case token.kind == '"' && into.Kind() == reflect.String:
		into.SetString(token.text)
		return nil
	case token.kind == 'b' && into.Kind() == reflect.Bool:
		into.SetBool(token.text == "true")
		return nil
	case token.kind == '0' && decoder.storeNumber(token.text, into):
		return nil
	}
	return decoder.misfit(map[byte]string{'"': "a text", 'b': "a boolean", '0': "the number " + token.text}[token.kind], into)
}

func (decoder *decoder) storeAny(token token, into reflect.Value) error {
	switch token.kind {
	case '"':
		into.Set(reflect.ValueOf(token.text))
	case 'b':
		into.Set(reflect.ValueOf(token.text == "true"))
	default:
		number, err := strconv.ParseFloat(token.text, 64)
		if err != nil {
			return decoder.wrong("the number " + token.text + " is too large")
		}
		into.Set(reflect.ValueOf(number))
	}
	return nil
}

func (decoder *decoder) storeNumber(text string, into reflect.Value) bool {
	switch into.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		number, err := strconv.ParseInt(text, 10, into.Type().Bits())
		into.SetInt(number)
		return err == nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		number, err := strconv.ParseUint(text, 10, into.Type().Bits())
		into.SetUint(number)
		return err == nil
	case reflect.Float32, reflect.Float64:
		number, err := strconv.ParseFloat(text, into.Type().Bits())
		into.SetFloat(number)
		return err == nil
	}
	return false
}

func (decoder *decoder) misfit(found string, into reflect.Value) error {
	name := into.Type().String()
	if into.Kind() == reflect.Struct {
		name = "a struct"
	}
	return decoder.wrong(found + " does not fit into " + name)
}
