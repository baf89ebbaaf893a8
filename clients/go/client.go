// Package onboarding is a client of the ALwrity onboarding API. types.go has a type for each schema and methods.go a
// method for each operation; both are generated from the OpenAPI document. What is beside them signs requests, repeats
// those that may succeed later, returns problems as errors, follows the live progress and verifies webhooks.
package onboarding

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Token returns a valid token. It is called before every request.
type Token func(context.Context) (string, error)

// StaticToken is a token that never changes.
func StaticToken(token string) Token {
	return func(context.Context) (string, error) { return token, nil }
}

// Options are how calls are made. The zero value is a good choice.
type Options struct {
	// HTTP sends the requests. It must not limit the time of streams; calls are limited by their contexts.
	HTTP *http.Client
	// Attempts is how often a call is tried, 4 if it is 0.
	Attempts int
	// LongestWait is how long a call waits before it is repeated: an answer that asks for more is returned at once. A
	// minute if it is 0.
	LongestWait time.Duration
}

// Client has the calls of one user. Each returns a [*ProblemError] if the API refuses it.
type Client struct {
	server string
	send   *sender
}

// New returns a client of the API at a URL without a path, like https://api.example.com.
func New(server string, token Token, o Options) (*Client, error) {
	if at, err := url.Parse(server); err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		return nil, errors.New("the server must be like https://api.example.com")
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{}
	}
	if o.Attempts == 0 {
		o.Attempts = 4
	}
	if o.LongestWait == 0 {
		o.LongestWait = time.Minute
	}
	return &Client{server: strings.TrimRight(server, "/"), send: &sender{token: token, o: o}}, nil
}

// call sends one request, again where that makes sense, and reads the answer unless into is nil.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body, into any) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.server+path, content)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	request.URL.RawQuery = query.Encode()
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return c.send.do(request, into)
}

const headerIdempotencyKey = "Idempotency-Key"

// sender sends the requests of calls.
type sender struct {
	token Token
	o     Options
}

// do sends a request until there is an answer that counts, and reads it. A POST has an idempotency key, so that it is
// done once.
func (s *sender) do(request *http.Request, into any) error {
	if request.Method == http.MethodPost {
		request.Header.Set(headerIdempotencyKey, rand.Text())
	}
	for attempt := 1; ; attempt++ {
		err := s.read(request, into)
		if err == nil {
			return nil
		}
		wait, again := s.wait(request, err, attempt)
		if !again {
			return err
		}
		if err := pause(request.Context(), wait); err != nil {
			return err
		}
		if request.GetBody != nil {
			if request.Body, err = request.GetBody(); err != nil {
				return fmt.Errorf("repeat the request: %w", err)
			}
		}
	}
}

// read sends a request once and reads its answer.
func (s *sender) read(request *http.Request, into any) error {
	response, err := s.once(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return &finalError{fmt.Errorf("read the answer: %w", err)}
	}
	return nil
}

// once sends a request and returns its answer, or why there is none that counts.
func (s *sender) once(request *http.Request) (*http.Response, error) {
	token, err := s.token(request.Context())
	if err != nil {
		return nil, &finalError{fmt.Errorf("get a token: %w", err)}
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := s.o.HTTP.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, problemOf(response)
	}
	return response, nil
}

// segment is a parameter in a path.
func segment[T int64 | string](value T) string { return url.PathEscape(fmt.Sprint(value)) }

// set writes a parameter of a query unless it is nil.
func set[T any](query url.Values, name string, value *T) {
	if value == nil {
		return
	}
	if moment, ok := any(*value).(time.Time); ok {
		query.Set(name, moment.Format(time.RFC3339Nano))
		return
	}
	query.Set(name, fmt.Sprint(*value))
}
