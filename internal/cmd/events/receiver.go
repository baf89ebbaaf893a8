package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

//nolint:gosec // of receivers on this machine
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="

// delivery is what an event says of its place.
type delivery struct {
	Type string `json:"type"`
	Data struct {
		UserID   string `json:"user_id"`
		Sequence int64  `json:"sequence"`
	} `json:"data"`
}

// receiver is a receiver of webhooks in this process. It notes what reaches it, whatever it answers.
type receiver struct {
	*httptest.Server

	name     string
	verifier *standardwebhooks.Webhook
	// faults is the share of requests that are answered with 500 or too late.
	faults bool
	// poison is refused always: the stem of the users' names whose first event is.
	poison string

	mu       sync.Mutex
	seen     map[int64]bool   // by sequence
	last     map[string]int64 // of each user, the newest that came for the first time
	requests int
	repeated int
	disorder int
	forged   int
	down     bool
}

func newReceiver(name string) (*receiver, error) {
	verifier, err := standardwebhooks.NewWebhook(secret)
	r := &receiver{name: name, verifier: verifier, seen: map[int64]bool{}, last: map[string]int64{}}
	r.Server = httptest.NewServer(r)
	return r, err
}

// setting is the receiver in WEBHOOKS.
func (r *receiver) setting() string {
	return fmt.Sprintf(`{"name":%q,"url":%q,"secret":%q}`, r.name, r.URL, secret)
}

func (r *receiver) setDown(down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = down
	if down {
		r.CloseClientConnections()
	}
}

// late is longer than the workers wait for an answer.
const late = requestTimeout + requestTimeout/2

// ServeHTTP notes an event and answers as the receiver does.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	var d delivery
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	wait, status := r.note(err == nil && r.verifier.Verify(body, request.Header) == nil, d)
	select {
	case <-time.After(wait):
	case <-request.Context().Done():
	}
	if status == 0 {
		panic(http.ErrAbortHandler) // the connection ends without an answer
	}
	w.WriteHeader(status)
}

// note notes an event, unless the receiver is down or refuses it, and says how to answer: 0 is
// not at all.
func (r *receiver) note(genuine bool, d delivery) (wait time.Duration, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	turn := r.requests * 7 % 20 // no two faults in a row
	switch {
	case !genuine:
		r.forged++
		return 0, http.StatusBadRequest
	case r.down:
		return 0, 0
	case r.poison != "" && d.Type == "onboarding.started" && strings.HasPrefix(d.Data.UserID, r.poison):
		return 0, http.StatusBadRequest
	case r.faults && turn < 3: // refused
		return 0, http.StatusInternalServerError
	}
	user, sequence := d.Data.UserID, d.Data.Sequence
	switch {
	case r.seen[sequence]:
		r.repeated++
	case sequence < r.last[user]:
		r.disorder++
	}
	r.seen[sequence] = true
	r.last[user] = max(r.last[user], sequence)
	if r.faults && turn < 6 { // taken, and answered too late
		wait = late
	}
	return wait, http.StatusOK
}

// figures returns what the receiver has counted.
func (r *receiver) figures() (seen map[int64]bool, repeated, disorder, forged int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen = make(map[int64]bool, len(r.seen))
	for sequence := range r.seen {
		seen[sequence] = true
	}
	return seen, r.repeated, r.disorder, r.forged
}
