package llm

import (
	"errors"
	"net/http"

	"github.com/alwrity/onboarding/internal/onboarding"
)

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
	text string
	// useless says why the text is of no use, "" if it may be.
	useless string
	model   string
	usage   onboarding.Usage
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
