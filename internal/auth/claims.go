package auth

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// DefaultRoleClaim is where the role stands unless Settings say otherwise, and
// always in tokens of the development issuer.
const DefaultRoleClaim = "role"

// claims are the claims that are looked at, under the names that Clerk and
// OpenID Connect use.
type claims struct {
	jwt.RegisteredClaims
	AuthorizedParty string `json:"azp,omitempty"`
	SessionStatus   string `json:"sts,omitempty"`
	SessionID       string `json:"sid,omitempty"`
	Email           string `json:"email,omitempty"`
	FirstName       string `json:"first_name,omitempty"`
	LastName        string `json:"last_name,omitempty"`
	GivenName       string `json:"given_name,omitempty"`
	FamilyName      string `json:"family_name,omitempty"`
	Scope           scopes `json:"scope,omitempty"`
	Scp             scopes `json:"scp,omitempty"`
	// Role is what is minted, nil for none; what a token says is looked up under the
	// claim that the settings name.
	Role any `json:"role,omitempty"`
	// Variant is what is minted, nil for none, as Role.
	Variant any `json:"variant,omitempty"`
	// document is the whole of a token's claims.
	document json.RawMessage
}

// UnmarshalJSON keeps the document beside the claims that have a field.
func (c *claims) UnmarshalJSON(document []byte) error {
	type fields claims // without this method
	if err := json.Unmarshal(document, (*fields)(c)); err != nil {
		return err
	}
	c.document = append(json.RawMessage(nil), document...)
	return nil
}

func (c claims) user(roleClaim string) User {
	return User{
		ID:        c.Subject,
		Email:     c.Email,
		FirstName: cmp.Or(c.FirstName, c.GivenName),
		LastName:  cmp.Or(c.LastName, c.FamilyName),
		Role:      lookup(c.document, roleClaim),
		Scopes:    slices.Concat(c.Scope, c.Scp),
		SessionID: c.SessionID,
		Variant:   variantOf(lookup(c.document, "variant")),
		Expires:   c.ExpiresAt.Time, // the parser requires it
	}
}

// MaxVariantLength is how many bytes the name of a variant may have.
const MaxVariantLength = 64

// variantOf returns the name of a variant, "" for what is none.
func variantOf(name string) string {
	if len(name) > MaxVariantLength || !IsUserID(name) {
		return ""
	}
	return name
}

// lookup returns the text under a name of a JSON object, or at a path whose names
// are joined by dots; "" if there is none, or no text. The whole name comes first:
// there are issuers whose claims are called https://app.example.com/role.
func lookup(document json.RawMessage, path string) string {
	var object map[string]json.RawMessage
	if json.Unmarshal(document, &object) != nil {
		return ""
	}
	if value, ok := object[path]; ok {
		var text string
		_ = json.Unmarshal(value, &text) // no text is no role
		return text
	}
	first, rest, nested := strings.Cut(path, ".")
	if !nested || object[first] == nil {
		return ""
	}
	return lookup(object[first], rest)
}

// scopes are what a token allows. Issuers write them as one text with spaces or as a
// list; whatever else a claim of that name holds allows nothing.
type scopes []string

// UnmarshalJSON implements json.Unmarshaler. It never fails: a claim that isn't
// understood must not shut its user out.
func (s *scopes) UnmarshalJSON(value []byte) error {
	var text string
	if json.Unmarshal(value, &text) == nil {
		*s = strings.Fields(text)
		return nil
	}
	var list []string
	if json.Unmarshal(value, &list) == nil {
		*s = list
	}
	return nil
}

// MarshalJSON writes the text with spaces of RFC 8693.
func (s scopes) MarshalJSON() ([]byte, error) { return json.Marshal(strings.Join(s, " ")) }
