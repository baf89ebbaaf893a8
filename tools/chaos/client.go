package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// errRefused is an answer of 4xx that means no.
type errRefused struct {
	status       int
	code, detail string
}

func (e *errRefused) Error() string { return fmt.Sprintf("%d %s: %s", e.status, e.code, e.detail) }

// client calls the API as one user. It repeats a request, with the same idempotency
// key, at one API after the other until one answers it.
type client struct {
	apis   []string
	token  string
	http   *http.Client
	random *rand.Rand
	record *record
}

// requestTime bounds one request: an API that is stopped never answers.
const requestTime = 8 * time.Second

// call sends a request until it is answered for good.
func (c *client) call(ctx context.Context, method, path string, body, answer any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode the request: %w", err)
	}
	key := uuid.NewString()
	for n := c.random.IntN(len(c.apis)); ; n++ {
		again, err := c.once(ctx, method, c.apis[n%len(c.apis)]+"/api/onboarding"+path, key, encoded, answer)
		if !again {
			return err
		}
		c.record.mu.Lock()
		c.record.retries++
		c.record.mu.Unlock()
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(time.Duration(300+c.random.IntN(600)) * time.Millisecond):
		}
	}
}

// once sends a request and tells whether it has to be sent again.
func (c *client) once(ctx context.Context, method, address, key string, body []byte, answer any) (again bool, err error) {
	bounded, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	request, err := http.NewRequestWithContext(bounded, method, address, bytes.NewReader(body))
	if err != nil {
		return false, fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	if method == http.MethodPost {
		request.Header.Set("Idempotency-Key", key)
	}
	c.record.mu.Lock()
	c.record.requests++
	c.record.mu.Unlock()
	response, err := c.http.Do(request)
	if err != nil {
		return true, err
	}
	content, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return true, fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode < http.StatusBadRequest {
		if err := json.Unmarshal(content, answer); err != nil {
			return false, fmt.Errorf("decode the answer of %s %s: %w", method, address, err)
		}
		return false, nil
	}
	return c.refused(response, content)
}

// refused tells what an error of the API means.
func (c *client) refused(response *http.Response, content []byte) (again bool, err error) {
	var problem struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
	}
	_ = json.Unmarshal(content, &problem) // else the status says it
	err = &errRefused{response.StatusCode, problem.Code, problem.Detail}
	c.record.mu.Lock()
	defer c.record.mu.Unlock()
	c.record.refusals[fmt.Sprintf("%d %s", response.StatusCode, problem.Code)]++
	return response.StatusCode >= http.StatusInternalServerError || response.Header.Get("Retry-After") != "", err
}
