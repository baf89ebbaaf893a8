package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// client calls the API as one user.
type client struct {
	base, token string
	http        *http.Client
}

func newClient(address, token string) client {
	return client{base: "http://" + address, token: token, http: &http.Client{Timeout: 30 * time.Second}}
}

// call sends a request and decodes the answer into answer. The error of a
// refused request is the sentence that the API answered with.
func (c client) call(ctx context.Context, method, path string, body, answer any) error {
	encoded := []byte(nil)
	if body != nil {
		var err error
		if encoded, err = json.Marshal(body); err != nil {
			return fmt.Errorf("encode the request: %w", err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(encoded))
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return refused(method, path, response.StatusCode, content)
	}
	if err := json.Unmarshal(content, answer); err != nil {
		return fmt.Errorf("decode the answer of %s %s: %w", method, path, err)
	}
	return nil
}

func refused(method, path string, status int, content []byte) error {
	var problem struct {
		Detail string `json:"detail"`
	}
	if err := json.Unmarshal(content, &problem); err != nil || problem.Detail == "" {
		return fmt.Errorf("%s %s answered %d", method, path, status)
	}
	return fmt.Errorf("%s %s answered %d: %s", method, path, status, problem.Detail)
}
