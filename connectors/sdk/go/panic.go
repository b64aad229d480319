package countersign

import (
	"runtime"
	"strconv"
	"strings"
)

// How many lines of a panic's stack the log gets: its beginning is what an author needs.
const framesMax = 8

// guarded runs an author's function; its panic becomes a failure, and the log says what it was and where.
func guarded[T any](run func() (T, error)) (value T, err error) {
	defer func() {
		if told := recover(); told != nil {
			Log(Critical, "panic: "+panicText(told)+stack())
			err = &Failure{Kind: Other, Certainty: certaintyNow(), Text: "the connector panicked: its log says where"}
		}
	}()
	if value, err = run(); err != nil {
		err = failureOf(err)
	}
	return value, err
}

func panicText(told any) string {
	switch told := told.(type) {
	case error:
		return told.Error()
	case string:
		return told
	case interface{ String() string }:
		return told.String()
	default:
		return "a value that is no error and no text"
	}
}

// stack is the author's functions, innermost first; the runtime's own say nothing.
func stack() string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters[:])])
	var out strings.Builder
	for told := 0; told < framesMax; {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") && !strings.HasPrefix(frame.Function, "countersign.") {
			out.WriteString("\n  " + frame.Function + " " + frame.File + ":" + strconv.Itoa(frame.Line))
			told++
		}
		if !more {
			break
		}
	}
	return out.String()
}
