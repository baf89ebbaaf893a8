package llm

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Endpoint is where a provider is asked.
type Endpoint struct {
	// BaseURL is the address that the paths of the protocol are appended to: OpenAI's
	// ends in the version (…/v1), Anthropic's does not.
	BaseURL string
	// Model is the model to ask when the credential names none.
	Model string
}

// DefaultEndpoints returns the providers' own addresses and a small model of each. Servers that users name have neither:
// the address comes with the credential, and the model too, or is the first that the server lists.
func DefaultEndpoints() map[onboarding.Provider]Endpoint {
	endpoints := map[onboarding.Provider]Endpoint{}
	for _, p := range onboarding.Providers() {
		if p.Model != nil && !p.UserNamesServer() {
			endpoints[p.Provider] = Endpoint{BaseURL: p.Model.BaseURL, Model: p.Model.Model}
		}
	}
	return endpoints
}

// checkedEndpoints returns a copy of endpoints if all their addresses can be asked.
func checkedEndpoints(endpoints map[onboarding.Provider]Endpoint) (map[onboarding.Provider]Endpoint, error) {
	for provider, endpoint := range endpoints {
		if !provider.Info().UserNamesServer() && !isBaseURL(endpoint.BaseURL) {
			return nil, fmt.Errorf("the base URL of %s is not an http or https address", provider)
		}
	}
	return maps.Clone(endpoints), nil
}

// endpointOf returns where cred is asked; false if its address can't be one.
func (c *Client) endpointOf(cred onboarding.Credential) (Endpoint, bool) {
	endpoint := c.endpoints[cred.Provider]
	named := cred.Provider.Info().UserNamesServer()
	if named {
		endpoint.BaseURL = cred.BaseURL
	}
	endpoint.Model = cmp.Or(cred.Model, endpoint.Model)
	return endpoint, isBaseURL(endpoint.BaseURL) && (!named || !inClear(endpoint.BaseURL))
}

// inClear is asked of the addresses that users give; some were stored before it was.
func inClear(raw string) bool {
	u, err := url.Parse(raw)
	return err != nil || onboarding.InClear(u)
}

// isBaseURL refuses queries too: a path appended to one would be lost.
func isBaseURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") &&
		u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// maxModelName bounds a name that a server tells, in bytes.
const maxModelName = 200

// isModelName reports whether what a server says looks like the name of a model.
func isModelName(told string) bool {
	return told != "" && len(told) <= maxModelName && !strings.ContainsFunc(told, func(r rune) bool {
		return r > unicode.MaxASCII || r <= ' ' || r == 0x7f
	})
}
