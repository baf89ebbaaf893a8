package llm

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// protocol is what one family of providers speaks.
type protocol interface {
	// ask sends the question and returns what came back.
	ask(c *call, q question, r rendered) (reply, error)
	// firstModel returns the first model of the provider's list.
	firstModel(c *call) (string, error)
}

// reply is what a model said, before anyone looked at its value.
type reply struct {
	text string
	// refused, cutOff and stopped say why the text is of no use: the model (or a filter)
	// declined, the text is not all there, or it ended for another reason.
	refused, cutOff, stopped bool
	model                    string
	usage                    onboarding.Usage
}

// call is one Ask or Check: what its one or two requests share.
type call struct {
	ctx      context.Context // with the deadline of the call
	parent   context.Context // without it
	provider onboarding.Provider
	name     string // of the provider, for people
	key      string
	baseURL  string
	model    string

	transport http.RoundTripper
}

// begin returns the call and what must be called when it has ended.
func (c *Client) begin(ctx context.Context, cred onboarding.Credential) (*call, context.CancelFunc, error) {
	name := cred.Provider.Info().Name
	endpoint, ok := c.endpointOf(cred)
	if !ok {
		return nil, nil, failure(onboarding.FailureProviderForbidden, name, "the base URL is not an http or https address")
	}
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	return &call{
		ctx: limited, parent: ctx, provider: cred.Provider, name: name, key: string(cred.Key),
		baseURL: endpoint.BaseURL, model: endpoint.Model, transport: c.transport,
	}, cancel, nil
}

func (c *call) protocol() protocol {
	if c.provider == onboarding.ProviderAnthropic {
		return anthropicProtocol{}
	}
	return openaiProtocol{}
}

// modelName returns the model that has answered: the one that the server tells, unless
// that looks like no name or holds the key, as a user's own server may say anything.
func (c *call) modelName(told string) string {
	if !isModelName(told) || c.quotes(told) {
		return c.model
	}
	return told
}

// minSecret is the length below which a key is a word that servers ask for without
// checking it, and that may stand anywhere by chance.
const minSecret = 10

// quotes tells whether what a server said holds the key, which must not be kept.
func (c *call) quotes(told string) bool {
	return len(c.key) >= minSecret && strings.Contains(told, c.key)
}

// send lets an SDK make one request with a client of its own and returns nil, or what
// its failure means. The meaning is read from the exchange on the wire, never from the
// SDK's error, which may quote addresses and bodies.
func (c *call) send(request func(*http.Client) error) error {
	wire := &exchange{next: c.transport}
	client := &http.Client{
		Transport: wire,
		// A redirect would take the key and the prompt to an address that nobody chose.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	err := request(client)
	switch {
	case c.parent.Err() != nil:
		return c.parent.Err()
	case wire.tooLarge:
		return badAnswer("it is larger than 4 MiB")
	case wire.err != nil || c.ctx.Err() != nil:
		return connectionFailure(c.name, wire.err, c.ctx.Err())
	case wire.status >= http.StatusMultipleChoices:
		return statusFailure(c.name, wire.status, wire.header, wire.problem)
	case err != nil && wire.status == 0:
		return failure(onboarding.FailureProviderRejected, c.name, "the request could not be made")
	case err != nil:
		return badAnswer("it is not what the protocol says")
	}
	return nil
}

var errNothing = errors.New("the answer is null")

// orNothing returns err, or errNothing where an SDK calls a null a success.
func orNothing[T any](got *T, err error) error {
	if err == nil && got == nil {
		return errNothing
	}
	return err
}

// first returns the first model of a list, given the error of asking for it.
func (c *call) first(list []string, err error) (string, error) {
	if errors.Is(err, onboarding.ErrBadAnswer) || err == nil && (len(list) == 0 || !isModelName(list[0]) || c.quotes(list[0])) {
		return "", failure(onboarding.FailureProviderRejected, c.name, "the answer is no list of models")
	}
	if err != nil {
		return "", err
	}
	return list[0], nil
}
