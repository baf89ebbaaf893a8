package webhook

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// data is what an event says, beside its kind and time.
type data struct {
	UserID    string    `json:"user_id"`
	SessionID uuid.UUID `json:"session_id"`
	// Sequence grows from each event of a user to the next.
	Sequence int64 `json:"sequence"`
	// Version is that of the session.
	Version      int64                  `json:"version"`
	Step         *onboarding.StepNumber `json:"step,omitempty"`
	SubmissionID *uuid.UUID             `json:"submission_id,omitempty"`
	// Revision is that of the personalization inputs.
	Revision *int64 `json:"revision,omitempty"`
}

// event is the body of a request.
type event struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

// messageID names an event, the same at each attempt. With the time it stays unique where a database was restored and
// numbers are used again.
func messageID(e system.ClaimLanesRow) string {
	return fmt.Sprintf("evt_%d_%x", e.ID, e.At.UnixMicro())
}

func bodyOf(e system.ClaimLanesRow) ([]byte, error) {
	return json.Marshal(event{Type: e.Kind, Timestamp: e.At, Data: data{
		UserID: e.UserID, SessionID: e.SessionID, Sequence: e.ID, Version: e.Version, Step: e.Step,
		SubmissionID: e.SubmissionID, Revision: e.Revision,
	}})
}

// Sender sends requests to receivers.
type Sender struct {
	secure, plain http.RoundTripper
	timeout       time.Duration
}

// NewSender returns a sender. transport must refuse addresses that are neither public nor within allowed; without TLS
// only the latter are reached. A request takes at most timeout.
func NewSender(transport *http.Transport, allowed []netip.Prefix, timeout time.Duration) *Sender {
	plain := transport.Clone()
	dialer := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		target, err := netip.ParseAddrPort(address)
		within := func(p netip.Prefix) bool { return p.Contains(target.Addr().Unmap()) }
		if err != nil || !slices.ContainsFunc(allowed, within) {
			return ssrf.ErrProhibitedIP
		}
		return nil
	}}
	plain.DialContext = dialer.DialContext
	return &Sender{secure: transport, plain: plain, timeout: timeout}
}

// The outcomes of an attempt. A parked event is not tried again.
const (
	outcomeDelivered = "delivered"
	outcomeFailed    = "failed"
	outcomeParked    = "parked"
)

// answer is what became of a request.
type answer struct {
	taken bool
	// status is the HTTP status, 0 without an answer; reason says in a few words what happened.
	status int
	reason string
	// after is how long the receiver asks to wait.
	after time.Duration
	took  time.Duration
}

// mostAnswer bounds how much of an answer is read, in bytes, so that its connection serves the next request.
const mostAnswer = 64 << 10

// send makes one request. Every answer but a success is a failure, redirects included.
func (s *Sender) send(ctx context.Context, r Receiver, e system.ClaimLanesRow) (a answer) {
	began := time.Now()
	defer func() { a.took = time.Since(began) }()
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	request, err := r.request(ctx, e, began)
	if err != nil {
		return answer{reason: "the request could not be made"}
	}
	transport := s.secure
	if r.IsPlain() {
		transport = s.plain
	}
	response, err := transport.RoundTrip(request) // no http.Client: it would follow a redirect
	if err != nil {
		return answer{reason: reasonOf(ctx, err)}
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, mostAnswer))
	a = answer{status: response.StatusCode, reason: http.StatusText(response.StatusCode)}
	a.taken = a.status/100 == 2
	if err != nil && ctx.Err() != nil {
		a.taken, a.reason = false, "no answer in time"
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		a.after = time.Duration(min(max(seconds, 0), 3600)) * time.Second
	}
	return a
}

// request returns the signed request for an event.
func (r Receiver) request(ctx context.Context, e system.ClaimLanesRow, at time.Time) (*http.Request, error) {
	body, err := bodyOf(e)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	id := messageID(e)
	var signatures []string
	for _, signer := range r.signers {
		signature, err := signer.Sign(id, at, body)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, signature)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "onboarding-webhooks")
	request.Header.Set(standardwebhooks.HeaderWebhookID, id)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return request, nil
}

// reasonOf says why there was no answer, without an address.
func reasonOf(ctx context.Context, err error) string {
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort):
		return "the address is not public and not within WEBHOOK_PREFIXES"
	case ctx.Err() != nil:
		return "no answer in time"
	}
	return cmp.Or(dnsReason(err), "not reached")
}

func dnsReason(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return "the name is not known"
	}
	return ""
}
