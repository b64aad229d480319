package countersign

import "countersign/internal/host"

// Signatures are made by the host. What comes back is a marker: write it where the manifest says that the credential
// goes, name the credential in the request, and the host puts the real value there as the request leaves.

// Sign gives a marker for the signature over data, by a credential of kind hmac.
func Sign(credential string, data []byte) (string, error) {
	marker, refusal := host.Sign(credential, data)
	return marker, meaningOfRefusal(credential, refusal)
}

// Digest gives a marker for the hash over the manifest's template, filled with these values (kind digest).
func Digest(credential string, values ...Field) (string, error) {
	marker, refusal := host.Digest(credential, pairsOf(values))
	return marker, meaningOfRefusal(credential, refusal)
}

// Token gives a marker for a token with these claims (kind jwt). The host adds iat, nbf, exp and jti.
func Token(credential string, claims ...Field) (string, error) {
	marker, refusal := host.Token(credential, pairsOf(claims))
	return marker, meaningOfRefusal(credential, refusal)
}

// Verify tells, in a delivery report, whether this is the provider's signature over data (kind verify). Raw bytes:
// decode base64 or hexadecimal first. Of a token, signature is the whole token and data the body.
func Verify(credential string, data, signature []byte) (bool, error) {
	good, refusal := host.Verify(credential, data, signature)
	return good, meaningOfRefusal(credential, refusal)
}

// IsSet tells whether the operator set what a credential needs, of whichever kind: for one that you can do without.
func IsSet(credential string) bool {
	// A kind that does not sign refuses too, but in other words.
	_, refusal := host.Sign(credential, nil)
	return refusal == nil || refusal.Case != host.UnknownName
}

func pairsOf(fields []Field) [][2]string {
	pairs := make([][2]string, len(fields))
	for index, field := range fields {
		pairs[index] = [2]string{field.Name, field.Value}
	}
	return pairs
}

// Each of these is a fault of manifest, configuration or connector; nothing was asked of the provider.
func meaningOfRefusal(credential string, refusal *host.Refusal) error {
	if refusal == nil {
		return nil
	}
	switch refusal.Case {
	case host.UnknownName:
		return Fail(InvalidConfig, "there is no credential `"+credential+"` with this configuration")
	case host.WrongKind:
		return Fail(InvalidConfig, "the credential `"+credential+"` is of kind `"+refusal.Text+"`")
	case host.NotHere:
		return Fail(InvalidConfig, "the credential `"+credential+"` can't be used in this export")
	default:
		return Fail(InvalidConfig, "the credential `"+credential+"` can't be used: "+refusal.Text)
	}
}
