package abi

import (
	"strings"
	"unsafe"
)

// What the host is given, and only 32-bit words point to: the collector would take it. An instance serves one call, so
// nothing is ever taken out.
var held []unsafe.Pointer

func hold(block unsafe.Pointer) uint32 {
	held = append(held, block)
	return uint32(uintptr(block))
}

// Where the host writes what it passes: arguments, answers, and WASI's adapter its stack and state.
//
// It asks for room by cabi_realloc, in the middle of a call of its own or while Go's runtime starts. Nobody may call out
// of the component then, and Go's allocator and its stacks ask for the time when they grow. So this room is there
// before, and giving from it needs neither. Growing the memory instead would not do: Go's runtime takes for its own
// whatever grows. What is not written to costs no memory.
var (
	first [arenaBytes / 8]uint64
	arena unsafe.Pointer // nil is first
	given uintptr
)

const (
	// The largest answer that a manifest can ask for, and its headers.
	answerBytesMax = 8<<20 + 256<<10
	arenaBytes     = answerBytesMax + 1<<20
)

// reallocate is how the host gets room. The contract's largest alignment is 8.
//
//go:wasmexport cabi_realloc
//go:nosplit
func reallocate(old unsafe.Pointer, oldSize, align, size uint32) unsafe.Pointer {
	rounded := (uintptr(size) + 7) &^ 7
	if given+rounded > arenaBytes {
		trap()
	}
	start := unsafe.Pointer(&first)
	if arena != nil {
		start = arena
	}
	start = unsafe.Add(start, given)
	given += rounded
	if old != nil {
		copy(unsafe.Slice((*byte)(start), size), unsafe.Slice((*byte)(old), oldSize))
	}
	return start
}

// trap ends the call at once; a panic would call out to say why.
//
//go:nosplit
func trap() {
	// The last byte of what 32 bits can address, which no memory here reaches.
	*(*byte)(unsafe.Add(nil, uint32(0xFFFF_FFFF))) = 0
}

// MakeRoom comes before a request, so that the largest answer fits.
func MakeRoom() {
	if arenaBytes-given < answerBytesMax {
		arena, given = unsafe.Pointer(unsafe.SliceData(make([]uint64, arenaBytes/8))), 0
		hold(arena)
	}
}

func at(address uint32) unsafe.Pointer { return unsafe.Add(nil, address) }

// Slice is what a list points to, where it lies.
func (list List[T]) Slice() []T {
	if list.Len == 0 {
		return nil
	}
	return unsafe.Slice((*T)(at(list.Ptr)), list.Len)
}

// Text is a string that lies where the host wrote it: nobody writes there again.
func Text(from String) string {
	if from.Len == 0 {
		return ""
	}
	return unsafe.String((*byte)(at(from.Ptr)), from.Len)
}

// TextOr is an option's string; empty if there is none.
func TextOr(from Option[String]) string {
	if from.Some {
		return Text(from.Value)
	}
	return ""
}

// ListOf is a slice for the host. It stays where it is.
func ListOf[T any](slice []T) List[T] {
	if len(slice) == 0 {
		return List[T]{Ptr: 8}
	}
	return List[T]{Ptr: hold(unsafe.Pointer(unsafe.SliceData(slice))), Len: uint32(len(slice))}
}

// StringOf is a text for the host, which ends the call over one that is not UTF-8.
func StringOf(text string) String {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if text == "" {
		return String{Ptr: 8}
	}
	return String{Ptr: hold(unsafe.Pointer(unsafe.StringData(text))), Len: uint32(len(text))}
}

// OptionOf is a text that the empty string says is not there.
func OptionOf(text string) Option[String] {
	return Option[String]{Some: text != "", Value: StringOf(text)}
}

// NumberOf is a number that 0 says is not there.
func NumberOf[T uint8 | uint32 | uint64](number T) Option[T] {
	return Option[T]{Some: number != 0, Value: number}
}

// StringsOf is a list of texts.
func StringsOf(texts []string) List[String] {
	list := make([]String, len(texts))
	for index, text := range texts {
		list[index] = StringOf(text)
	}
	return ListOf(list)
}

// PairsOf is a list of records of two texts, whatever Go calls them.
func PairsOf[T any](records []T, parts func(T) (string, string)) List[Pair] {
	list := make([]Pair, len(records))
	for index, record := range records {
		name, value := parts(record)
		list[index] = Pair{Name: StringOf(name), Value: StringOf(value)}
	}
	return ListOf(list)
}

// Address keeps a value for the host and says where it is.
func Address[T any](value *T) unsafe.Pointer {
	hold(unsafe.Pointer(value))
	return unsafe.Pointer(value)
}
