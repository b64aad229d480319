package abi

import (
	"strings"
	"unsafe"
)

// What the host was given or has written, and only 32-bit words point to: the collector would take it. An instance
// serves one call, so nothing is ever taken out.
var held []unsafe.Pointer

func hold(block unsafe.Pointer) uint32 {
	held = append(held, block)
	return uint32(uintptr(block))
}

// What is free of the slab that small allocations come from: an allocation each would be one for every string.
var slab []uint64

const slabWords = 1024

// reallocate is how the host gets memory for what it passes.
//
//go:wasmexport cabi_realloc
func reallocate(old unsafe.Pointer, oldSize, align, size uint32) unsafe.Pointer {
	// Words of 8 bytes: no alignment in the contract is larger. At least one, so that it has an address.
	words := max(int((uint64(size)+7)/8), 1)
	var block []uint64
	switch {
	case words > slabWords/4:
		block = make([]uint64, words)
		hold(unsafe.Pointer(unsafe.SliceData(block)))
	case words > len(slab):
		slab = make([]uint64, slabWords)
		hold(unsafe.Pointer(unsafe.SliceData(slab)))
		fallthrough
	default:
		block, slab = slab[:words], slab[words:]
	}
	start := unsafe.Pointer(unsafe.SliceData(block))
	if old != nil {
		copy(unsafe.Slice((*byte)(start), size), unsafe.Slice((*byte)(old), oldSize))
	}
	return start
}

// The two pages that WASI's adapter asks for, its stack and its state: while Go's runtime starts, so from here and not
// from the heap. Growing the memory instead would not do: Go's runtime takes for its own whatever grows.
var adapterPages [2 * adapterPage / 8]uint64

const adapterPage = 64 << 10

var adapterPagesGiven uint32

// reallocateForAdapter neither allocates nor grows the stack, so it may run before the runtime is up.
//
//go:wasmexport cabi_realloc_adapter
//go:nosplit
func reallocateForAdapter(old unsafe.Pointer, oldSize, align, size uint32) unsafe.Pointer {
	if old != nil || size > adapterPage || adapterPagesGiven == 2 {
		// Address 0 is what no allocator gives; the adapter's first write would be into Go's own data.
		*(*uint32)(nil) = 0
	}
	page := unsafe.Pointer(&adapterPages[adapterPagesGiven*(adapterPage/8)])
	adapterPagesGiven++
	return page
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
