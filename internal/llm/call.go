package llm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/provider"
)

// call is one Ask or Check: what its one or two requests share.
type call struct {
	ctx      context.Context // with the deadline of the call
	api      provider.API
	info     onboarding.ModelAPI
	protocol protocol
	key      string
	model    string
}

// begin returns the call and the function that ends it.
func (c *Client) begin(ctx context.Context, cred onboarding.Credential) (*call, context.CancelFunc, error) {
	info, key := cred.Provider.Info(), string(cred.Key)
	endpoint, ok := c.endpointOf(cred)
	protocol := protocols[info.Model.Wire]
	api := provider.API{Name: info.Name, BaseURL: endpoint.BaseURL, Header: protocol.header(key), Transport: c.transport}
	if !ok {
		return nil, nil, api.Failure(onboarding.FailureProviderForbidden, "the base URL is not an http or https address")
	}
	ctx, cancel := provider.WithTimeout(ctx, c.timeout)
	return &call{ctx: ctx, api: api, info: *info.Model, protocol: protocol, key: key, model: endpoint.Model}, cancel, nil
}

// protocols has the protocol of each wire format.
var protocols = map[onboarding.WireFormat]protocol{
	onboarding.WireOpenAI:    openAI{},
	onboarding.WireAnthropic: anthropic{},
}

// modelName returns the model that has answered: the one that the server names, unless
// that looks like no name or holds the key, as a user's own server may say anything.
func (c *call) modelName(reported string) string {
	if !isModelName(reported) || c.quotes(reported) {
		return c.model
	}
	return reported
}

// minSecret is the length below which a key is a word that servers ask for without
// checking it, and that may occur anywhere by chance.
const minSecret = 10

// quotes reports whether a server's text holds the key, which must not be kept.
func (c *call) quotes(reported string) bool {
	return len(c.key) >= minSecret && strings.Contains(reported, c.key)
}

// protocol is the wire format of a family of providers.
type protocol interface {
	// header holds the headers that every request needs.
	header(key string) http.Header
	// ask sends the question and returns the model's reply.
	ask(c *call, q question, r rendered) (reply, error)
	// modelsPath is the path of the list of models, below the base URL.
	modelsPath() string
}

// reply is what a model said, before its value is checked.
type reply struct {
	// texts are where the value may stand, the likeliest first.
	texts []string
	// useless says why the texts are of no use, "" if they may be.
	useless string
	// failed is the error that the provider reported in place of an answer, nil for none.
	failed json.RawMessage
	model  string
	usage  onboarding.Usage
}

// Why a text is of no use.
const (
	refused = "the model refused" // or a filter
	cutOff  = "it was cut off"
	stopped = "it ended for an unknown reason"
)

// firstModel returns the first model of the provider's list.
func (c *call) firstModel() (string, error) {
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	err := c.api.Call(c.ctx, c.protocol.modelsPath(), nil, &list)
	if err != nil && !errors.Is(err, onboarding.ErrBadAnswer) {
		return "", err
	}
	if err != nil || len(list.Data) == 0 || !isModelName(list.Data[0].ID) || c.quotes(list.Data[0].ID) {
		return "", c.api.Failure(onboarding.FailureProviderRejected, "the response is no list of models")
	}
	return list.Data[0].ID, nil
}
