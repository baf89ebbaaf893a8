package auth

import (
	"errors"
	"fmt"
	"slices"
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
	// Role is the claim that Settings.RoleClaim names, RoleAdmin for operators.
	Role string
	// Scopes are what the token allows (claims scope and scp): none for a person.
	Scopes []string
	// Variant is the variant of an experiment that the user takes part in (claim variant): at most MaxVariantLength
	// printable characters.
	Variant string
	// SessionID is the identity provider's session (claim sid).
	SessionID string
	// Expires is when the token ends. Verify sets it; Mint takes a duration.
	Expires time.Time
}

// Allows reports whether the token has a scope.
func (u User) Allows(scope string) bool { return slices.Contains(u.Scopes, scope) }

// RoleAdmin is the role of operators.
const RoleAdmin = "admin"

// IsUserID reports whether a text can be a user's id.
func IsUserID(id string) bool { return checkUserID(id) == nil }

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
