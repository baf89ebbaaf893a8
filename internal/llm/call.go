package llm

import (
	"context"
	"net/http"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// call is one Ask or Check: what its one or two requests share.
type call struct {
	ctx     context.Context     // with the deadline of the call
	parent  context.Context     // without it
	api     onboarding.ModelAPI // of the provider
	name    string              // of the provider, for people
	key     string
	baseURL string
	model   string

	transport http.RoundTripper
}

// begin returns the call and the function that ends it.
func (c *Client) begin(ctx context.Context, cred onboarding.Credential) (*call, context.CancelFunc, error) {
	info := cred.Provider.Info()
	endpoint, ok := c.endpointOf(cred)
	if !ok {
		return nil, nil, failure(onboarding.FailureProviderForbidden, info.Name, "the base URL is not an http or https address")
	}
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	return &call{
		ctx: limited, parent: ctx, api: *info.Model, name: info.Name, key: string(cred.Key),
		baseURL: endpoint.BaseURL, model: endpoint.Model, transport: c.transport,
	}, cancel, nil
}

// protocols has the protocol of each wire format.
var protocols = map[onboarding.WireFormat]protocol{onboarding.WireOpenAI: openAI{}, onboarding.WireAnthropic: anthropic{}}

func (c *call) protocol() protocol { return protocols[c.api.Wire] }

// modelName returns the model that has answered: the one that the server names, unless
// that looks like no name or holds the key, as a user's own server may say anything.
func (c *call) modelName(told string) string {
	if !isModelName(told) || c.quotes(told) {
		return c.model
	}
	return told
}

// minSecret is the length below which a key is a word that servers ask for without
// checking it, and that may occur anywhere by chance.
const minSecret = 10

// quotes reports whether what a server said holds the key, which must not be kept.
func (c *call) quotes(told string) bool {
	return len(c.key) >= minSecret && strings.Contains(told, c.key)
}
