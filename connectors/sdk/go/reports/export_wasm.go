package reports

import (
	"unsafe"

	"countersign"
	"countersign/internal/abi"
)

// At most 16 words come each for itself: the call's six, the configuration's two, the callback's eight.
//
//go:wasmexport countersign:connector/delivery-reports@1.0.0#handle
func exportHandle(
	issuedAt uint64, noncePtr, nonceLen, environmentPtr, environmentLen, deadline uint32, configPtr, configLen uint32,
	methodPtr, methodLen, urlPtr, urlLen, headersPtr, headersLen, bodyPtr, bodyLen uint32,
) unsafe.Pointer {
	call := countersign.LiftCall(abi.Call{
		IssuedAt: issuedAt, Nonce: abi.String{Ptr: noncePtr, Len: nonceLen},
		Environment: abi.String{Ptr: environmentPtr, Len: environmentLen}, DeadlineMS: deadline,
	})
	config := abi.String{Ptr: configPtr, Len: configLen}.Slice()
	callback := countersign.Callback{
		Method:  abi.Text(abi.String{Ptr: methodPtr, Len: methodLen}),
		URL:     abi.Text(abi.String{Ptr: urlPtr, Len: urlLen}),
		Headers: countersign.LiftPairs(abi.List[abi.Pair]{Ptr: headersPtr, Len: headersLen}, header),
		Body:    abi.List[byte]{Ptr: bodyPtr, Len: bodyLen}.Slice(),
	}
	return countersign.Answered(func() (countersign.Handled, error) {
		if handle == nil {
			return countersign.Handled{}, countersign.NotRegistered("reports")
		}
		return handle(call, config, callback)
	}, lower)
}

func header(name, value string) countersign.Header {
	return countersign.Header{Name: name, Value: value}
}

func lower(from countersign.Handled) abi.Handled {
	reports := make([]abi.Report, len(from.Reports))
	for index := range from.Reports {
		reports[index] = lowerReport(&from.Reports[index])
	}
	answer := abi.Answer{
		Status: from.Answer.Status, ContentType: abi.StringOf(from.Answer.ContentType),
		Body: abi.ListOf(from.Answer.Body),
	}
	return abi.Handled{Reports: abi.ListOf(reports), Answer: answer}
}

func lowerReport(from *countersign.Report) abi.Report {
	status := from.Status
	if status == 0 || status > countersign.ReportOther {
		status = countersign.ReportOther
	}
	kind := abi.Option[uint8]{Some: from.Kind != 0, Value: countersign.LowerKind(from.Kind)}
	return abi.Report{
		MessageIDs: abi.StringsOf(from.MessageIDs),
		Reference:  abi.OptionOf(from.Reference),
		Status:     uint8(status - 1),
		At:         abi.NumberOf(from.At),
		Kind:       kind,
		Code:       abi.OptionOf(from.Code),
		Text:       abi.OptionOf(from.Text),
		Network:    abi.OptionOf(from.Network),
		Segments:   abi.NumberOf(from.Segments),
		Price:      countersign.LowerMoney(from.Price),
		Extra:      countersign.LowerFields(from.Extra),
	}
}
