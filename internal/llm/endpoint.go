package llm

import (
	"cmp"
	"net/url"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Endpoint is where a provider is asked. A field that is empty means the provider's own, see onboarding.ModelAPI.
type Endpoint struct {
	// BaseURL is the address that the paths of the protocol are appended to: OpenAI's
	// ends in the version (…/v1), Anthropic's does not.
	BaseURL string
	// Model is the model to ask when the credential names none.
	Model string
}

// endpointOf returns where cred is asked; false if its address can't be one. Of a server that the user names, address
// and model come with the credential; without a model, it is the first that the server lists.
func (c *Client) endpointOf(cred onboarding.Credential) (Endpoint, bool) {
	info, set := cred.Provider.Info(), c.endpoints[cred.Provider]
	model := cmp.Or(cred.Model, set.Model, info.Model.Model)
	if info.UserNamesServer() {
		u, err := url.Parse(cred.BaseURL) // some were stored before addresses in the clear were refused
		return Endpoint{cred.BaseURL, model}, err == nil && isBaseURL(cred.BaseURL) && !onboarding.InClear(u)
	}
	return Endpoint{cmp.Or(set.BaseURL, info.Model.BaseURL), model}, true
}

// isBaseURL refuses queries too: a path appended to one would be lost.
func isBaseURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") &&
		u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// maxModelName bounds a name that a server reports, in bytes.
const maxModelName = 200

// isModelName reports whether a server's word looks like the name of a model.
func isModelName(reported string) bool {
	return reported != "" && len(reported) <= maxModelName && !strings.ContainsFunc(reported, func(r rune) bool {
		return r > unicode.MaxASCII || r <= ' ' || r == 0x7f
	})
}
