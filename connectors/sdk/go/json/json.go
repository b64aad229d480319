// Package json reads and writes JSON with the struct tags of encoding/json, in a tenth of its size: a component with
// that one has 2.5 MB more, which the host compiles. Use encoding/json where you need more; the tags are the same.
//
// What it knows: structs with `json:"name"` and `json:"name,omitempty"`, pointers for what may be missing, texts,
// numbers, booleans, slices, maps by text, any, and [Text]. Names are compared exactly. An answer is hostile until it is
// read: at most 128 levels, no half characters, nothing behind the end.
package json

import (
	"reflect"
	"strings"
)

// Text takes a text, a number or a boolean, and holds it as it was written: for ids and codes that a provider writes
// now in one way, now in another. Null leaves it empty.
type Text string

var textType = reflect.TypeOf(Text(""))

const depthMax = 128

// An Error says what doesn't fit, and where.
type Error struct {
	Path string // the member, such as messages[0].id; empty at the root
	Why  string
}

// Error says both.
func (err *Error) Error() string {
	if err.Path == "" {
		return err.Why
	}
	return "`" + err.Path + "`: " + err.Why
}

type field struct {
	name      string
	index     int
	omitEmpty bool
}

// fieldsOf is a struct's members by the names that its tags give them.
func fieldsOf(kind reflect.Type) []field {
	var fields []field
	for index := range kind.NumField() {
		member := kind.Field(index)
		tag := member.Tag.Get("json")
		if member.PkgPath != "" || tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = member.Name
		}
		fields = append(fields, field{name, index, strings.Contains(options, "omitempty")})
	}
	return fields
}
