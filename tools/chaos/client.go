package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/walk"
)

// client calls the API as one user. It repeats a request, with the same idempotency
// key, at one API after the other until one responds.
type client struct {
	apis   []string
	token  string
	http   *http.Client
	random *rand.Rand
	record *record
}

// requestTime bounds one request: a stopped API never responds.
const requestTime = 8 * time.Second

// call sends a request until it has a final response.
func (c *client) call(ctx context.Context, method, path string, body, into any) error {
	key := ""
	if method == http.MethodPost {
		key = uuid.NewString()
	}
	for n := c.random.IntN(len(c.apis)); ; n++ {
		api := walk.Client{URL: c.apis[n%len(c.apis)], Token: c.token, IdempotencyKey: key, HTTP: c.http}
		bounded, cancel := context.WithTimeout(ctx, requestTime)
		err := api.Call(bounded, method, path, body, into)
		cancel()
		if !c.note(err) {
			return err
		}
		if err := walk.Wait(ctx, time.Duration(300+c.random.IntN(600))*time.Millisecond); err != nil {
			return err
		}
	}
}

// note counts a request and reports whether it has to be sent again.
func (c *client) note(err error) (again bool) {
	c.record.mu.Lock()
	defer c.record.mu.Unlock()
	c.record.requests++
	var refused *walk.Refused
	switch {
	case errors.As(err, &refused):
		c.record.refusals[fmt.Sprintf("%d %s", refused.Status, refused.Code)]++
		again = refused.Status >= http.StatusInternalServerError || refused.RetryAfter != ""
	case err != nil:
		again = !errors.Is(err, walk.ErrUndecodable)
	}
	if again {
		c.record.retries++
	}
	return again
}
