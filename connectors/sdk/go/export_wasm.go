package countersign

import (
	"unsafe"

	"countersign/internal/abi"
)

//go:wasmexport countersign:connector/sms@1.0.0#send
func exportSend(arguments unsafe.Pointer) unsafe.Pointer {
	given := (*abi.SendArguments)(arguments)
	return Answered(func() (Receipt, error) {
		if send == nil {
			return Receipt{}, NotRegistered("countersign")
		}
		return send(LiftCall(given.Call), given.Config.Slice(), liftMessage(&given.Message))
	}, lowerReceipt)
}

// Answered runs an author's function and lowers what it says. This, and what else is exported in here, is for the
// SDK's own packages.
func Answered[T any, L any](run func() (T, error), lower func(T) L) unsafe.Pointer {
	value, err := guarded(run)
	if err != nil {
		result := new(abi.Result[abi.Failure, L])
		result.Error, result.Value = true, lowerFailure(failureOf(err))
		return abi.Address(result)
	}
	result := new(abi.Result[L, abi.Failure])
	result.Value = lower(value)
	return abi.Address(result)
}

// NotRegistered is the failure of an export without a function.
func NotRegistered(pkg string) error {
	return Fail(InvalidConfig, "the connector registers no function: "+pkg+".Register in an init function")
}

// LiftCall is the call in Go's types.
func LiftCall(from abi.Call) Call {
	return Call{
		IssuedAt: from.IssuedAt, Nonce: abi.Text(from.Nonce), Environment: abi.Text(from.Environment),
		DeadlineMS: from.DeadlineMS,
	}
}

func liftMessage(from *abi.Message) Message {
	return Message{
		To:              abi.Text(from.To),
		CallingCode:     abi.Text(from.CallingCode),
		Country:         abi.TextOr(from.Country),
		Purpose:         abi.Text(from.Purpose),
		Locale:          abi.Text(from.Locale),
		Reference:       abi.Text(from.Reference),
		ValiditySeconds: from.ValiditySeconds,
		Sender:          abi.TextOr(from.Sender),
		Text:            abi.Text(from.Text),
		TemplateID:      abi.TextOr(from.TemplateID),
		TemplateLocale:  abi.TextOr(from.TemplateLocale),
		Parameters:      LiftPairs(from.Parameters, func(name, value string) Parameter { return Parameter{name, value} }),
		CallbackURL:     abi.TextOr(from.CallbackURL),
		ClientIP:        abi.TextOr(from.ClientIP),
		Extra:           LiftPairs(from.Extra, func(name, value string) Field { return Field{name, value} }),
	}
}

// LiftPairs is a list of records of two texts.
func LiftPairs[T any](from abi.List[abi.Pair], made func(name, value string) T) []T {
	var records []T
	for _, pair := range from.Slice() {
		records = append(records, made(abi.Text(pair.Name), abi.Text(pair.Value)))
	}
	return records
}

func lowerReceipt(from Receipt) abi.Receipt {
	return abi.Receipt{
		Status:     uint8(min(from.Status, ReceiptOther)),
		MessageIDs: abi.StringsOf(from.MessageIDs),
		Segments:   abi.NumberOf(from.Segments),
		Price:      LowerMoney(from.Price),
		Extra:      LowerFields(from.Extra),
	}
}

func lowerFailure(from *Failure) abi.Failure {
	return abi.Failure{
		Kind:      LowerKind(from.Kind),
		Certainty: uint8(min(from.Certainty, Unknown)),
		Code:      abi.OptionOf(from.Code),
		Text:      abi.StringOf(from.Text),
		Retry:     abi.NumberOf(from.RetryAfter),
		Extra:     LowerFields(from.Extra),
	}
}

// LowerKind counts from 0, as the contract does.
func LowerKind(kind FailureKind) uint8 {
	if kind == 0 || kind > Other {
		kind = Other
	}
	return uint8(kind - 1)
}

// LowerMoney is none for nil.
func LowerMoney(from *Money) abi.Option[abi.Pair] {
	if from == nil {
		return abi.Option[abi.Pair]{}
	}
	return abi.Option[abi.Pair]{
		Some: true, Value: abi.Pair{Name: abi.StringOf(from.Amount), Value: abi.StringOf(from.Currency)},
	}
}

// LowerFields is an open list.
func LowerFields(from []Field) abi.List[abi.Pair] {
	return abi.PairsOf(from, func(field Field) (string, string) { return field.Name, field.Value })
}
