package seal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// document is a ring as it is stored. With a key of a KMS each keyset is encrypted
// under it.
type document struct {
	Sealing     json.RawMessage `json:"sealing"`
	Fingerprint json.RawMessage `json:"fingerprint"`
}

// What a keyset is for is authenticated by the KMS, so that the two can't be
// exchanged.
const (
	sealingPurpose     = "onboarding sealing keyset"
	fingerprintPurpose = "onboarding fingerprint keyset"
)

// decode reads a stored ring. Errors never quote it.
func decode(ctx context.Context, content []byte, kek KEK) (*Ring, error) {
	var d document
	if err := json.Unmarshal(plainJSON(content), &d); err != nil || d.Sealing == nil || d.Fingerprint == nil {
		return nil, errors.New(`the key ring is not a JSON document {"sealing": …, "fingerprint": …}`)
	}
	sealing, err := readKeyset(ctx, d.Sealing, kek, sealingPurpose)
	if err != nil {
		return nil, err
	}
	fingerprint, err := readKeyset(ctx, d.Fingerprint, kek, fingerprintPurpose)
	if err != nil {
		return nil, err
	}
	ring, err := newRing(sealing, fingerprint)
	if err != nil {
		return nil, fmt.Errorf("the key ring is not usable: %w", err)
	}
	return ring, nil
}

// plainJSON undoes the Base64 that keeps a ring whole in a variable.
func plainJSON(content []byte) []byte {
	content = bytes.TrimSpace(content)
	if bytes.HasPrefix(content, []byte("{")) {
		return content
	}
	plain, err := base64.StdEncoding.DecodeString(string(content))
	if err != nil {
		return nil
	}
	return plain
}

func readKeyset(ctx context.Context, raw json.RawMessage, kek KEK, purpose string) (*keyset.Handle, error) {
	encrypted := isEncrypted(raw)
	reader := keyset.NewJSONReader(bytes.NewReader(raw))
	switch {
	case encrypted && kek == nil:
		return nil, errors.New("the key ring is encrypted under a key of a KMS: set SEAL_KMS_URI")
	case !encrypted && kek != nil:
		return nil, errors.New(
			"the key ring is not encrypted under the key of SEAL_KMS_URI: leave that out, or create a new ring with it",
		)
	case kek != nil:
		handle, err := keyset.ReadWithContext(ctx, reader, kek, []byte(purpose))
		if err != nil {
			return nil, fmt.Errorf("open the key ring with its KMS: %w", err)
		}
		return handle, nil
	}
	handle, err := insecurecleartextkeyset.Read(reader)
	if err != nil { // the parser's message may quote the keys
		return nil, errors.New("the key ring holds something that is no Tink keyset")
	}
	return handle, nil
}

func isEncrypted(raw json.RawMessage) bool {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(raw, &fields) // what is no object is not encrypted either
	return fields["encryptedKeyset"] != nil
}

func writeKeyset(ctx context.Context, handle *keyset.Handle, kek KEK, purpose string) (json.RawMessage, error) {
	var out bytes.Buffer
	writer := keyset.NewJSONWriter(&out)
	if kek == nil {
		err := insecurecleartextkeyset.Write(handle, writer)
		return out.Bytes(), err
	}
	if err := handle.WriteWithContext(ctx, writer, kek, []byte(purpose)); err != nil {
		return nil, fmt.Errorf("encrypt the key ring with its KMS: %w", err)
	}
	return out.Bytes(), nil
}
