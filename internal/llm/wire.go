package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxAnswer bounds the body of a response, in bytes after decompression. The largest
	// legitimate ones have about 100 KiB.
	maxAnswer = 4 << 20
	// maxProblem bounds how much of an error's body is read, in bytes.
	maxProblem = 64 << 10
)

// protocol is the wire format of a family of providers.
type protocol interface {
	// authorize sets the headers that every request needs.
	authorize(header http.Header, key string)
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

// post sends in as JSON to a path below the base URL and decodes the response into out.
func (c *call) post(path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return failure(onboarding.FailureProviderRejected, c.name, "the request could not be encoded")
	}
	return c.send(http.MethodPost, path, bytes.NewReader(body), out)
}

// send makes one request and decodes the response into out. It returns nil or what went
// wrong in words of this package: errors of net/http quote addresses.
func (c *call) send(method, path string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(c.ctx, method, strings.TrimRight(c.baseURL, "/")+path, body)
	if err != nil {
		return failure(onboarding.FailureProviderRejected, c.name, "the request could not be made")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	c.protocol().authorize(req.Header, c.key)
	// No http.Client: it would follow a redirect, which takes the key and the prompt to
	// another address.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return c.broken(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		// A body that breaks off still leaves the status, which says more.
		told, _ := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
		if c.ctx.Err() != nil {
			return c.broken(c.ctx.Err())
		}
		return statusFailure(c.name, resp.StatusCode, resp.Header, told)
	}
	told, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return c.broken(err)
	}
	return decode(told, out)
}

// broken returns what the error of a connection means.
func (c *call) broken(err error) error {
	if c.parent.Err() != nil {
		return c.parent.Err()
	}
	return connectionFailure(c.name, err, c.ctx.Err())
}

// decode reads an answer. A field of another type than expected is left zero, as servers
// of users' own differ in fields that don't matter here.
func decode(told []byte, out any) error {
	if len(told) > maxAnswer {
		return badAnswer("it is larger than 4 MiB")
	}
	var mismatch *json.UnmarshalTypeError
	err := json.Unmarshal(told, out)
	if errors.As(err, &mismatch) && mismatch.Field != "" {
		err = nil
	}
	if err != nil || string(bytes.TrimSpace(told)) == "null" {
		return badAnswer("it is not what the protocol says")
	}
	return nil
}

// firstModel returns the first model of the provider's list.
func (c *call) firstModel() (string, error) {
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	err := c.send(http.MethodGet, c.protocol().modelsPath(), nil, &list)
	if err != nil && !errors.Is(err, onboarding.ErrBadAnswer) {
		return "", err
	}
	if err != nil || len(list.Data) == 0 || !isModelName(list.Data[0].ID) || c.quotes(list.Data[0].ID) {
		return "", failure(onboarding.FailureProviderRejected, c.name, "the response is no list of models")
	}
	return list.Data[0].ID, nil
}
