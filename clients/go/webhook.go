package onboarding

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	webhook "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Webhook is what a receiver is told: that something has changed.
type Webhook struct {
	// Type is the kind of the event, like step.completed.
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		UserID    string `json:"user_id"`
		SessionID string `json:"session_id"`
		// Sequence grows from each event of a user to the next.
		Sequence     int64  `json:"sequence"`
		Version      int64  `json:"version"`
		Step         int    `json:"step"`
		SubmissionID string `json:"submission_id"`
		Revision     int64  `json:"revision"`
	} `json:"data"`
}

// VerifyWebhook returns a webhook that is signed by the rules of Standard Webhooks, and at most five minutes old. The
// payload is the body as it was received, the secret begins with whsec_.
func VerifyWebhook(payload []byte, headers http.Header, secret string) (Webhook, error) {
	var event Webhook
	if strings.TrimPrefix(secret, "whsec_") == "" {
		return event, errors.New("the secret of the webhook is empty")
	}
	verifier, err := webhook.NewWebhook(secret)
	if err != nil {
		return event, fmt.Errorf("read the secret of the webhook: %w", err)
	}
	if err := verifier.Verify(payload, headers); err != nil {
		return event, fmt.Errorf("verify the webhook: %w", err)
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return event, fmt.Errorf("read the webhook: %w", err)
	}
	return event, nil
}
