package account

import (
	"unsafe"

	"countersign"
	"countersign/internal/abi"
)

// At most 16 words come each for itself: the call's six, the configuration's two.
//
//go:wasmexport countersign:connector/account@1.0.0#check
func exportCheck(
	issuedAt uint64, noncePtr, nonceLen, environmentPtr, environmentLen, deadline uint32, configPtr, configLen uint32,
) unsafe.Pointer {
	call := countersign.LiftCall(abi.Call{
		IssuedAt: issuedAt, Nonce: abi.String{Ptr: noncePtr, Len: nonceLen},
		Environment: abi.String{Ptr: environmentPtr, Len: environmentLen}, DeadlineMS: deadline,
	})
	config := abi.String{Ptr: configPtr, Len: configLen}.Slice()
	return countersign.Answered(func() (countersign.Standing, error) {
		if check == nil {
			return countersign.Standing{}, countersign.NotRegistered("account")
		}
		return check(call, config)
	}, lower)
}

func lower(from countersign.Standing) abi.Standing {
	return abi.Standing{
		Name: abi.OptionOf(from.Name), Balance: countersign.LowerMoney(from.Balance),
		Extra: countersign.LowerFields(from.Extra),
	}
}
