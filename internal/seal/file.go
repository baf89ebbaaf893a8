package seal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"

	"github.com/alwrity/onboarding/internal/privatefile"
)

// Create writes a new ring of one key to a file of the mode 0600, encrypted under kek unless that is nil. The error
// wraps fs.ErrExist if path exists, which stays as it is.
func Create(ctx context.Context, path string, kek KEK) error {
	sealing, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	fingerprint, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	return writeNew(ctx, path, kek, sealing, fingerprint)
}

// Encrypt writes the ring of a file that is in the clear to another file, encrypted under kek, with the rules of
// Create. The first file stays as it is.
func Encrypt(ctx context.Context, from, to string, kek KEK) error {
	if kek == nil {
		return errors.New("encrypt the key ring: no key of a KMS is named: set SEAL_KMS_URI")
	}
	ring, err := Load(ctx, Source{File: from})
	if err != nil {
		return err
	}
	return writeNew(ctx, to, kek, ring.sealing, ring.fingerprint)
}

func writeNew(ctx context.Context, path string, kek KEK, sealing, fingerprint *keyset.Handle) error {
	content, err := encode(ctx, kek, sealing, fingerprint)
	if err != nil {
		return err
	}
	//nolint:gosec // the local database's user must pass through the data folder
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the folder of the key ring: %w", err)
	}
	if err := privatefile.Create(path, content); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("the key ring %s is kept: %w", path, fs.ErrExist)
		}
		return fmt.Errorf("write the key ring: %w", err)
	}
	return nil
}

// encode returns the document as one line, so that it fits into a variable.
func encode(ctx context.Context, kek KEK, sealing, fingerprint *keyset.Handle) (_ []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, kmsTimeout)
	defer cancel()
	var d document
	if d.Sealing, err = writeKeyset(ctx, sealing, kek, sealingPurpose); err != nil {
		return nil, err
	}
	if d.Fingerprint, err = writeKeyset(ctx, fingerprint, kek, fingerprintPurpose); err != nil {
		return nil, err
	}
	content, err := json.Marshal(d)
	return append(content, '\n'), err
}
