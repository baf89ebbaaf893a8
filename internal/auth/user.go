package auth

import (
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxUserIDLength is the longest accepted user id, in characters.
const MaxUserIDLength = 255

// User is who a token speaks for.
type User struct {
	// ID is the claim sub: 1 to MaxUserIDLength printable characters.
	ID string
	// The rest is "" where the token does not say.
	Email     string
	FirstName string
	LastName  string
	// Role is the claim role, "admin" for operators.
	Role string
	// SessionID is the identity provider's session (claim sid).
	SessionID string
	// Expires is when the token ends. Verify sets it; Mint takes a duration.
	Expires time.Time
}

var errUserID = errors.New("the user id is not usable")

// checkUserID refuses ids that can't be stored or shown safely.
func checkUserID(id string) error {
	switch {
	case id == "":
		return fmt.Errorf("%w: empty", errUserID)
	case !utf8.ValidString(id):
		return fmt.Errorf("%w: not UTF-8", errUserID)
	case utf8.RuneCountInString(id) > MaxUserIDLength:
		return fmt.Errorf("%w: too long", errUserID)
	}
	for _, r := range id {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return fmt.Errorf("%w: not printable", errUserID)
		}
	}
	return nil
}
