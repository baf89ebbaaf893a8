package onboarding

import "time"

// KeyStatus is what the last live call said of a key.
type KeyStatus string

// The statuses of a key.
const (
	KeyUnchecked KeyStatus = "unchecked"
	KeyValid     KeyStatus = "valid"
	KeyRefused   KeyStatus = "refused"
	// KeyUnknown says that the provider could not be asked, or offers nothing to ask.
	KeyUnknown KeyStatus = "unknown"
)

// StoredKey is an API key as it is stored.
type StoredKey struct {
	Provider Provider
	// Sealed is the key encrypted for its user and provider.
	Sealed []byte
	// LastFour are the last characters of a key that is long enough to show them,
	// else "".
	LastFour string
	// Fingerprint is an HMAC; equal keys have equal ones.
	Fingerprint string
	BaseURL     string
	Model       string
	Description string
	Status      KeyStatus
	// CheckCode says why the status is refused or unknown, else "".
	CheckCode FailureCode
	CheckedAt *time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
}

// LastFourOf returns what may be shown of a key: its last four characters, nothing
// of one that is shorter than 16.
func LastFourOf(key Secret) string {
	if len(key) < 16 {
		return ""
	}
	return string(key[len(key)-4:])
}

// Mask returns how a key is shown to its owner.
func (k StoredKey) Mask() string { return "****" + k.LastFour }
