package wizard_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

func TestScoreVoice(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	const path = apitest.Base + "/voice/score"
	body := f.OK(http.MethodPost, path, `{"text":"We repair bikes."}`)
	assert.Equal(t, false, body["success"])
	assert.Contains(t, apitest.At(t, body, "voice", "reason"), "Complete step 2 first")
	assert.Nil(t, apitest.At(t, body, "voice", "score"))

	f.OK(http.MethodPost, apitest.Base+"/style-detection/complete", `{"url":"example.com"}`)
	long := strings.Repeat("We repair bikes for you. ", 20)
	body = f.OK(http.MethodPost, path, `{"text":"`+long+`","platform":"twitter"}`)
	assert.Equal(t, "twitter", body["platform"])
	assert.Contains(t, apitest.At(t, body, "voice", "limits"), "The post has 499 characters; 280 are allowed.")
	assert.Equal(t, "pending", f.OK(http.MethodGet, apitest.Base+"/step/4", "")["status"], "nothing is completed by it")

	f.OK(http.MethodPost, apitest.Base+"/style-detection/complete", `{"url":"voiced.example.com"}`)
	raw, err := json.Marshal(map[string]string{"text": apitest.VoicedText})
	require.NoError(t, err)
	body = f.OK(http.MethodPost, path, string(raw))
	assert.Equal(t, true, body["success"])
	assert.Equal(t, "on_voice", apitest.At(t, body, "voice", "band"))
	assert.NotEmpty(t, apitest.At(t, body, "voice", "measures"))

	for _, refused := range []string{`{"text":" "}`, `{}`, `{"text":"a","platform":"myspace"}`} {
		r := f.As("ada", http.MethodPost, path, refused)
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, r.Status, "%s", r.Body)
	}
}
