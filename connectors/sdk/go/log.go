package countersign

import "countersign/internal/host"

// Level is how much a line of the log matters.
type Level uint8

// In the contract's order.
const (
	Debug Level = iota
	Info
	Warning
	Critical
)

// Log writes to the connector's own log, for you and the operator. Never write numbers, codes or texts: the host masks
// the live ones, but it can't know every spelling.
func Log(level Level, text string) { host.Log(uint32(level), text) }
