package walk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Client sends requests to one API process as one user.
type Client struct {
	// URL is the address of the API with its scheme, without a path.
	URL, Token string
	// IdempotencyKey is sent with every request, unless it is empty.
	IdempotencyKey string
	HTTP           *http.Client
}

// Refused is the problem that the API responded with.
type Refused struct {
	Method, Path string
	Status       int
	// RetryAfter is the header of that name, "" without one.
	RetryAfter   string
	Code, Detail string // empty if the response is not the API's
}

func (e *Refused) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("%s %s answered %d", e.Method, e.Path, e.Status)
	}
	return fmt.Sprintf("%s %s answered %d: %s", e.Method, e.Path, e.Status, e.Detail)
}

// ErrUndecodable is returned for a response of success that does not fit.
var ErrUndecodable = errors.New("the response is not as documented")

// Call sends a request for a path below /api/onboarding, with body as JSON unless it is
// nil, and decodes the response into the given value unless that is nil. It returns
// *Refused for a status of 400 or more.
func (c Client) Call(ctx context.Context, method, path string, body, into any) error {
	path = "/api/onboarding" + path
	encoded := []byte(nil)
	if body != nil {
		var err error
		if encoded, err = json.Marshal(body); err != nil {
			return fmt.Errorf("encode the request: %w", err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.URL+path, bytes.NewReader(encoded))
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	request.Header.Set("Content-Type", "application/json")
	if c.IdempotencyKey != "" {
		request.Header.Set("Idempotency-Key", c.IdempotencyKey)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("read the response: %w", err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return refused(method, path, response, content)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("decode the response of %s %s: %w: %w", method, path, ErrUndecodable, err)
	}
	return nil
}

func refused(method, path string, response *http.Response, content []byte) error {
	var problem struct{ Code, Detail string }
	_ = json.Unmarshal(content, &problem) // else the status says it
	return &Refused{
		Method: method, Path: path, Status: response.StatusCode, RetryAfter: response.Header.Get("Retry-After"),
		Code: problem.Code, Detail: problem.Detail,
	}
}
