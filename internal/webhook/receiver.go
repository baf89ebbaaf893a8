package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Kinds are the kinds of events.
var Kinds = []string{
	"onboarding.started", "step.completed", "step.failed", "onboarding.stalled", "onboarding.completed", "inputs.updated",
	"account.deleted",
}

// Receiver is where events are sent.
type Receiver struct {
	// Name stands in metrics, logs and commands.
	Name string
	// Kinds are the kinds of events that it gets.
	Kinds []string

	address *url.URL
	// signers sign, one for each secret.
	signers []*standardwebhooks.Webhook
}

// Host returns the host of the receiver's address, with its port.
func (r Receiver) Host() string { return r.address.Host }

// IsPlain reports whether it is sent to without TLS.
func (r Receiver) IsPlain() bool { return r.address.Scheme == "http" }

// setting is a receiver in the settings.
type setting struct {
	Name         string   `json:"name"`
	URL          string   `json:"url"`
	Secret       string   `json:"secret"`
	FormerSecret string   `json:"former_secret"`
	Kinds        []string `json:"kinds"`
}

// Parse reads receivers from their JSON document, none from "". Errors name the receiver and what is wrong, never a
// secret or an address.
func Parse(document string) ([]Receiver, error) {
	if strings.TrimSpace(document) == "" {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(document)))
	decoder.DisallowUnknownFields()
	var settings []setting
	if err := decoder.Decode(&settings); err != nil {
		return nil, errors.New(`WEBHOOKS must be a JSON list of objects with "name", "url", "secret", ` +
			`and if needed "former_secret" and "kinds"`)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("WEBHOOKS must be one JSON list, with nothing behind it")
	}
	var receivers []Receiver
	for i, s := range settings {
		r, err := s.receiver()
		if err == nil && slices.ContainsFunc(receivers, func(other Receiver) bool { return other.Name == r.Name }) {
			err = errors.New("another receiver has this name")
		}
		if err != nil {
			return nil, fmt.Errorf("WEBHOOKS: receiver %d: %w", i+1, err)
		}
		receivers = append(receivers, r)
	}
	return receivers, nil
}

var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

func (s setting) receiver() (Receiver, error) {
	r := Receiver{Name: s.Name, Kinds: s.Kinds}
	if !validName.MatchString(s.Name) {
		return r, errors.New(`"name" must have up to 40 of a-z, 0-9, _ and -`)
	}
	if len(r.Kinds) == 0 {
		r.Kinds = Kinds
	}
	for _, kind := range r.Kinds {
		if !slices.Contains(Kinds, kind) {
			return r, fmt.Errorf("%s: %q is none of the kinds %s", s.Name, kind, strings.Join(Kinds, ", "))
		}
	}
	address, err := url.Parse(s.URL)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Hostname() == "" ||
		address.User != nil || address.Fragment != "" {
		return r, errors.New(s.Name + `: "url" must be an https address, or an http address within WEBHOOK_PREFIXES`)
	}
	r.address = address
	secrets := []string{s.Secret}
	if s.FormerSecret != "" {
		secrets = append(secrets, s.FormerSecret)
	}
	for _, secret := range secrets {
		signer, err := newSigner(secret)
		if err != nil {
			return r, fmt.Errorf("%s: %w", s.Name, err)
		}
		r.signers = append(r.signers, signer)
	}
	return r, nil
}

// The sizes of secrets that Standard Webhooks allows, in bytes.
const (
	leastSecret = 24
	mostSecret  = 64
)

func newSigner(secret string) (*standardwebhooks.Webhook, error) {
	const wanted = `a secret must be whsec_ and the Base64 of 24 to 64 random bytes: echo whsec_$(openssl rand -base64 32)`
	encoded, prefixed := strings.CutPrefix(secret, "whsec_")
	size := len(strings.TrimRight(encoded, "=")) * 3 / 4
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil || !prefixed || size < leastSecret || size > mostSecret {
		return nil, errors.New(wanted)
	}
	return signer, nil
}
