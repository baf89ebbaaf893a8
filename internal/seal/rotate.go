package seal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/alwrity/onboarding/internal/privatefile"
)

// ErrNoSuchKey means that the ring holds no key of that id.
var ErrNoSuchKey = errors.New("the key ring holds no such key")

// ErrPrimary means that the primary key can't be dropped: promote another first.
var ErrPrimary = errors.New("the primary key can't be dropped: promote another first")

// Add adds a key that opens but does not seal to the ring in the file. Give all
// processes the new ring before the key is promoted.
func Add(ctx context.Context, path string, kek KEK) (KeyID, error) {
	var id KeyID
	err := change(ctx, path, kek, func(_ *Ring, keys *keyset.Manager) error {
		added, err := keys.Add(aead.AES256GCMKeyTemplate())
		id = KeyID(added)
		return err
	})
	return id, err
}

// Promote makes a key of the ring in the file the primary one. A second call
// changes nothing.
func Promote(ctx context.Context, path string, kek KEK, id KeyID) error {
	return change(ctx, path, kek, func(ring *Ring, keys *keyset.Manager) error {
		if !ring.holds(id) {
			return fmt.Errorf("promote key %s: %w", id, ErrNoSuchKey)
		}
		return keys.SetPrimary(uint32(id))
	})
}

// Drop removes keys from the ring in the file, all or none: what they sealed can
// never be opened again.
func Drop(ctx context.Context, path string, kek KEK, ids ...KeyID) error {
	return change(ctx, path, kek, func(ring *Ring, keys *keyset.Manager) error {
		for _, id := range ids {
			switch {
			case !ring.holds(id):
				return fmt.Errorf("drop key %s: %w", id, ErrNoSuchKey)
			case id == ring.primary():
				return fmt.Errorf("drop key %s: %w", id, ErrPrimary)
			}
			if err := keys.Delete(uint32(id)); err != nil {
				return fmt.Errorf("drop key %s: %w", id, err)
			}
		}
		return nil
	})
}

func (r *Ring) holds(id KeyID) bool {
	return slices.ContainsFunc(r.keys, func(k Key) bool { return k.ID == id })
}

// change replaces the sealing keyset of the ring in the file. Concurrent changes are
// serialized, and a reader sees the old ring or the new one.
func change(ctx context.Context, path string, kek KEK, do func(*Ring, *keyset.Manager) error) error {
	path, err := filepath.EvalSymlinks(path) // the link stays
	if err != nil {
		return fmt.Errorf("open the key ring: %w", err)
	}
	release, err := privatefile.LockFolder(path)
	if err != nil {
		return fmt.Errorf("lock the folder of the key ring: %w", err)
	}
	defer release()
	ring, err := Load(ctx, Source{File: path, KEK: kek})
	if err != nil {
		return err
	}
	manager := keyset.NewManagerFromHandle(ring.sealing)
	if err := do(ring, manager); err != nil {
		return err
	}
	changed, err := manager.Handle()
	if err != nil {
		return fmt.Errorf("change the key ring: %w", err)
	}
	content, err := encode(ctx, kek, changed, ring.fingerprint)
	if err != nil {
		return err
	}
	if err := privatefile.Replace(path, content); err != nil {
		return fmt.Errorf("write the key ring: %w", err)
	}
	return nil
}
