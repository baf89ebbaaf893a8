package seal

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"

	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

var (
	// ErrUnknownKey means that the ring does not hold the key that sealed something.
	ErrUnknownKey = errors.New("sealed by a key that is not in the key ring: the ring that has it must be put back")
	// ErrNotAuthentic means that something was changed, was sealed for another user
	// or provider, or was never sealed.
	ErrNotAuthentic = errors.New("not what was sealed for this user and provider")
)

const (
	// prefixBytes is the length of what Tink puts before a ciphertext: tinkPrefix
	// and the key's id, big endian.
	prefixBytes = 5
	tinkPrefix  = 0x01
	// fingerprintBytes is half of what HMAC-SHA256 gives: collisions among the keys
	// of one user don't happen by chance.
	fingerprintBytes = 16
)

// Ring seals and opens API keys. It may be used by many goroutines at once.
type Ring struct {
	sealing, fingerprint *keyset.Handle

	aead tink.AEAD
	prf  *prf.Set
	keys []Key
}

// Key describes one sealing key of a ring.
type Key struct {
	ID KeyID
	// Primary marks the one key that seals; the others only open.
	Primary bool
}

// KeyID is the number of a sealing key.
type KeyID uint32

// String returns the eight hexadecimal digits that people see.
func (id KeyID) String() string { return fmt.Sprintf("%08x", uint32(id)) }

// ParseKeyID reads what String returns.
func ParseKeyID(text string) (KeyID, error) {
	id, err := strconv.ParseUint(text, 16, 32)
	if err != nil || len(text) != 8 {
		return 0, fmt.Errorf("%q is not the number of a key: eight hexadecimal digits", text)
	}
	return KeyID(id), nil
}

// Prefix returns the five bytes that everything sealed by the key begins with.
func (id KeyID) Prefix() []byte {
	return binary.BigEndian.AppendUint32([]byte{tinkPrefix}, uint32(id))
}

func newRing(sealing, fingerprint *keyset.Handle) (*Ring, error) {
	r := &Ring{sealing: sealing, fingerprint: fingerprint, keys: listKeys(sealing)}
	var err error
	if r.aead, err = aead.New(sealing); err != nil {
		return nil, errors.New("the sealing keyset holds no AEAD keys")
	}
	for _, info := range sealing.KeysetInfo().GetKeyInfo() {
		if info.GetOutputPrefixType() != tinkpb.OutputPrefixType_TINK {
			return nil, fmt.Errorf("sealing key %s has no prefix of the type TINK", KeyID(info.GetKeyId()))
		}
	}
	if r.prf, err = prf.NewPRFSet(fingerprint); err != nil {
		return nil, errors.New("the fingerprint keyset holds no PRF keys")
	}
	if _, err := r.prf.ComputePrimaryPRF(nil, fingerprintBytes); err != nil {
		return nil, errors.New("the fingerprint key is too short")
	}
	return r, nil
}

// listKeys lists the keys that open, in the order in which they were added.
func listKeys(sealing *keyset.Handle) []Key {
	info, keys := sealing.KeysetInfo(), []Key{}
	for _, k := range info.GetKeyInfo() {
		if k.GetStatus() == tinkpb.KeyStatusType_ENABLED {
			keys = append(keys, Key{ID: KeyID(k.GetKeyId()), Primary: k.GetKeyId() == info.GetPrimaryKeyId()})
		}
	}
	return keys
}

// Seal encrypts an API key with the primary key, for Open with the same user and
// provider. Sealing twice gives different results.
func (r *Ring) Seal(key []byte, userID, provider string) (sealed []byte, err error) {
	sealed, err = r.aead.Encrypt(key, associatedData(userID, provider))
	if err != nil {
		return nil, fmt.Errorf("seal API key: %w", err)
	}
	return sealed, nil
}

// Opens reports whether the ring holds the key that sealed what begins with these bytes
// (five are enough): it returns nil, ErrUnknownKey or ErrNotAuthentic.
func (r *Ring) Opens(sealed []byte) error {
	if len(sealed) < prefixBytes || sealed[0] != tinkPrefix {
		return ErrNotAuthentic
	}
	if !slices.ContainsFunc(r.keys, func(k Key) bool { return bytes.HasPrefix(sealed, k.ID.Prefix()) }) {
		return ErrUnknownKey
	}
	return nil
}

// Open decrypts what Seal returned for the same user and provider. Errors are
// ErrUnknownKey and ErrNotAuthentic.
func (r *Ring) Open(sealed []byte, userID, provider string) ([]byte, error) {
	if err := r.Opens(sealed); err != nil {
		return nil, fmt.Errorf("open API key: %w", err)
	}
	key, err := r.aead.Decrypt(sealed, associatedData(userID, provider))
	if err != nil {
		return nil, fmt.Errorf("open API key: %w", ErrNotAuthentic)
	}
	return key, nil
}

// Fingerprint returns 32 hexadecimal digits that are equal for equal API keys and
// reveal nothing else about them without the ring: the first half of an
// HMAC-SHA256. It outlives the rotation of sealing keys.
func (r *Ring) Fingerprint(key []byte) string {
	sum, _ := r.prf.ComputePrimaryPRF(key, fingerprintBytes) // fails for too long outputs only, which newRing has tried
	return hex.EncodeToString(sum)
}

// PrimaryPrefix returns the five bytes that everything sealed by the primary key
// begins with; what begins otherwise must be resealed.
func (r *Ring) PrimaryPrefix() []byte { return r.primary().Prefix() }

func (r *Ring) primary() KeyID { return KeyID(r.sealing.KeysetInfo().GetPrimaryKeyId()) }

// Keys lists the sealing keys in the order in which they were added.
func (r *Ring) Keys() []Key { return slices.Clone(r.keys) }

// Format keeps the ring from being printed, whatever the verb.
func (r *Ring) Format(s fmt.State, _ rune) { _, _ = fmt.Fprintf(s, "ring of %d keys", len(r.keys)) }

// associatedData binds a sealed key to its user and provider. The lengths keep two
// pairs from ever giving the same bytes.
func associatedData(userID, provider string) []byte {
	data := []byte("onboarding api key")
	for _, part := range []string{userID, provider} {
		data = binary.BigEndian.AppendUint64(data, uint64(len(part)))
		data = append(data, part...)
	}
	return data
}
