package abi

import (
	"testing"
	"unsafe"
)

// Counted by hand from wit/connector.wit: what the compiler makes of the types has to be the same.
func TestEachRecordIsAsLargeAsTheCanonicalABISays(t *testing.T) {
	for name, sizes := range map[string][2]uintptr{
		"string":         {unsafe.Sizeof(String{}), 8},
		"option<string>": {unsafe.Sizeof(Option[String]{}), 12},
		"option<u32>":    {unsafe.Sizeof(Option[uint32]{}), 8},
		"option<u64>":    {unsafe.Sizeof(Option[uint64]{}), 16},
		"option<enum>":   {unsafe.Sizeof(Option[uint8]{}), 2},
		"option<money>":  {unsafe.Sizeof(Option[Pair]{}), 20},
		"field":          {unsafe.Sizeof(Pair{}), 16},
		"call":           {unsafe.Sizeof(Call{}), 32},
		"message":        {unsafe.Sizeof(Message{}), 140},
		"send":           {unsafe.Sizeof(SendArguments{}), 184},
		"failure":        {unsafe.Sizeof(Failure{}), 40},
		"receipt":        {unsafe.Sizeof(Receipt{}), 48},
		"standing":       {unsafe.Sizeof(Standing{}), 40},
		"report":         {unsafe.Sizeof(Report{}), 120},
		"answer":         {unsafe.Sizeof(Answer{}), 20},
		"handled":        {unsafe.Sizeof(Handled{}), 28},
		"response":       {unsafe.Sizeof(Response{}), 20},
		"fault":          {unsafe.Sizeof(Variant{}), 12},
	} {
		if sizes[0] != sizes[1] {
			t.Errorf("%s has %d bytes, not %d", name, sizes[0], sizes[1])
		}
	}
}

func TestAPayloadLiesBehindItsFlagAtItsOwnAlignment(t *testing.T) {
	var send Result[Response, Variant]
	if at := unsafe.Offsetof(send.Value); at != 4 {
		t.Errorf("result<response, fault> has its payload at %d", at)
	}
	var receipt Result[Receipt, Failure]
	if at := unsafe.Offsetof(receipt.Value); at != 4 {
		t.Errorf("result<receipt, failure> has its payload at %d", at)
	}
	var report Report
	if at := unsafe.Offsetof(report.At); at != 24 {
		t.Errorf("report.at lies at %d", at)
	}
	var message Message
	if at := unsafe.Offsetof(message.ValiditySeconds); at != 52 {
		t.Errorf("message.validity-seconds lies at %d", at)
	}
}
