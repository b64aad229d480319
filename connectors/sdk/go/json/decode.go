package json

import (
	"reflect"
	"strconv"
)

// Unmarshal reads data into what the pointer points to. After an error, a part may be there already.
func Unmarshal(data []byte, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return &Error{Why: "it can only be read into a pointer"}
	}
	decoder := decoder{scanner: scanner{data: data}}
	if err := decoder.value(target.Elem(), 0); err != nil {
		return err
	}
	if decoder.space(); decoder.at < len(data) {
		return decoder.wrong("something stands behind the end")
	}
	return nil
}

type decoder struct {
	scanner
	fields map[reflect.Type][]field
}

// value reads the next value into the target, or over it where there is none.
func (decoder *decoder) value(into reflect.Value, depth int) error {
	if depth > depthMax {
		return decoder.wrong("it has more than " + strconv.Itoa(depthMax) + " levels")
	}
	switch decoder.space(); decoder.peek() {
	case '{':
		return decoder.object(into, depth)
	case '[':
		return decoder.array(into, depth)
	case 0:
		return decoder.wrong("it ends too early")
	default:
		token, err := decoder.scalar()
		if err != nil || !into.IsValid() {
			return err
		}
		return decoder.store(token, into)
	}
}

// place follows pointers, and makes what they point to.
func place(into reflect.Value) reflect.Value {
	for into.IsValid() && into.Kind() == reflect.Pointer {
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		into = into.Elem()
	}
	return into
}

// generic makes what any holds: a map or a slice to read into, and how to put it there.
func generic(into reflect.Value, made reflect.Value) (reflect.Value, func()) {
	if into.IsValid() && into.Kind() == reflect.Interface && into.NumMethod() == 0 {
		return made.Elem(), func() { into.Set(made.Elem()) }
	}
	return into, func() {}
}

func (decoder *decoder) object(into reflect.Value, depth int) error {
	into, done := generic(place(into), reflect.New(reflect.TypeOf(map[string]any{})))
	member, err := decoder.members(into)
	if err != nil {
		return err
	}
	err = decoder.each('}', func(int) error {
		if decoder.space(); decoder.peek() != '"' {
			return decoder.wrong("a member has no name")
		}
		name, err := decoder.text()
		if err != nil {
			return err
		}
		if decoder.space(); decoder.peek() != ':' {
			return decoder.wrong("a colon is missing")
		}
		decoder.at++
		decoder.push(name)
		defer decoder.pop()
		target, keep := member(name)
		if err := decoder.value(target, depth+1); err != nil {
			return err
		}
		keep()
		return nil
	})
	done()
	return err
}

// members tells where the members of an object go, and what is to be done with each once it is read.
func (decoder *decoder) members(into reflect.Value) (func(string) (reflect.Value, func()), error) {
	nothing := func() {}
	switch {
	case !into.IsValid():
		return func(string) (reflect.Value, func()) { return into, nothing }, nil
	case into.Kind() == reflect.Struct:
		fields, known := decoder.fields[into.Type()]
		if !known {
			if decoder.fields == nil {
				decoder.fields = map[reflect.Type][]field{}
			}
			fields = fieldsOf(into.Type())
			decoder.fields[into.Type()] = fields
		}
		return func(name string) (reflect.Value, func()) {
			for _, field := range fields {
				if field.name == name {
					return into.Field(field.index), nothing
				}
			}
			return reflect.Value{}, nothing
		}, nil
	case into.Kind() == reflect.Map && into.Type().Key().Kind() == reflect.String:
		if into.IsNil() {
			into.Set(reflect.MakeMap(into.Type()))
		}
		return func(name string) (reflect.Value, func()) {
			target := reflect.New(into.Type().Elem()).Elem()
			key := reflect.ValueOf(name).Convert(into.Type().Key())
			return target, func() { into.SetMapIndex(key, target) }
		}, nil
	default:
		return nil, decoder.misfit("an object", into)
	}
}

func (decoder *decoder) array(into reflect.Value, depth int) error {
	into, done := generic(place(into), reflect.New(reflect.TypeOf([]any{})))
	if into.IsValid() {
		if into.Kind() != reflect.Slice {
			return decoder.misfit("a list", into)
		}
		into.Set(reflect.MakeSlice(into.Type(), 0, 0))
	}
	err := decoder.each(']', func(index int) error {
		decoder.push("[" + strconv.Itoa(index) + "]")
		defer decoder.pop()
		if !into.IsValid() {
			return decoder.value(into, depth+1)
		}
		into.Grow(1)
		into.SetLen(index + 1)
		into.Index(index).SetZero()
		return decoder.value(into.Index(index), depth+1)
	})
	done()
	return err
}
