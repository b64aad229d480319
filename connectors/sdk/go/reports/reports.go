// Package reports is for providers that call back: importing it exports the reading of their delivery reports. Neither
// requests nor signatures are to be had there, only [countersign.Verify].
package reports

import "countersign"

// Handle reads one callback. A report whose signature was not verified moves no state.
type Handle func(call countersign.Call, config []byte, callback countersign.Callback) (countersign.Handled, error)

var handle Handle

// Register says which function reads. Call it in init: main is never called.
func Register(function Handle) { handle = function }
