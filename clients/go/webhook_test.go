package onboarding

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	webhook "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const secret = "whsec_plJ3nmyCDGBKInavdOK15jsl"

// signed returns the headers of a webhook.
func signed(t *testing.T, payload string, sent time.Time) http.Header {
	t.Helper()
	signer, err := webhook.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign("msg_1", sent, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	headers := http.Header{}
	headers.Set(webhook.HeaderWebhookID, "msg_1")
	headers.Set(webhook.HeaderWebhookTimestamp, strconv.FormatInt(sent.Unix(), 10))
	headers.Set(webhook.HeaderWebhookSignature, signature)
	return headers
}

func TestVerifyWebhook(t *testing.T) {
	const payload = `{"type":"step.completed","timestamp":"2026-12-01T09:30:00.123456Z","data":{"user_id":"ada","step":2}}`
	now := time.Now()
	event, err := VerifyWebhook([]byte(payload), signed(t, payload, now), secret)
	if err != nil || event.Type != "step.completed" || event.Data.UserID != "ada" || event.Data.Step != 2 {
		t.Fatal(event, err)
	}
	for name, given := range map[string]struct {
		payload string
		headers http.Header
		secret  string
	}{
		"another payload": {payload + " ", signed(t, payload, now), secret},
		"another secret":  {payload, signed(t, payload, now), "whsec_YW5vdGhlciBzZWNyZXQ="},
		"no secret":       {payload, signed(t, payload, now), ""},
		"old":             {payload, signed(t, payload, now.Add(-6*time.Minute)), secret},
		"unsigned":        {payload, http.Header{}, secret},
	} {
		if _, err := VerifyWebhook([]byte(given.payload), given.headers, given.secret); err == nil {
			t.Error(name, "was accepted")
		}
	}
}
