package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A key that a client puts where none belongs turns up nowhere else: with every operation it is sent in the path, the
// query, headers and bodies of all sorts.
func TestKeysInOddPlacesAreFoundNowhere(t *testing.T) {
	t.Parallel()
	e := setup(t)
	e.logs = &lockedBuffer{}
	metrics := freeAddress(t)
	e.settings = map[string]string{
		"LOG_LEVEL": "debug", "USER_WRITES_PER_SECOND": "0", "ADDRESS_WRITES_PER_SECOND": "0", "USER_READS_PER_SECOND": "0",
		"ADDRESS_READS_PER_SECOND": "0",
	}
	e.worker()
	_, c := e.startAPI(map[string]string{"METRICS_ADDR": metrics})
	c.call(http.MethodPost, root+"/start", nil)
	answers := &strings.Builder{}
	tries := 0
	for _, o := range operations(t, c) {
		for _, place := range oddPlaces(o) {
			answers.WriteString(place.send(t, c))
			tries++
		}
	}
	require.Greater(t, tries, 500)
	hits := 0
	for what, text := range map[string]string{
		"answers": answers.String(), "logs": e.logs.String(), "tables": tables(t, e),
		"metrics": raw(t, c, "http://"+metrics+"/metrics"),
	} {
		at := strings.Index(text, canary)
		hits += strings.Count(text, canary)
		assert.Negative(t, at, "a key is in the %s: %s", what, text[max(at-300, 0):max(at, 0)])
	}
	t.Logf("security-count: tries=%d canary_hits=%d", tries, hits)
}

// operation is one of the document, with values for the parameters of its path.
type operation struct{ method, path string }

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// operations are those of the API that end: no streams, and no deletion of the account.
func operations(t *testing.T, c *client) (all []operation) {
	t.Helper()
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal([]byte(raw(t, c, c.base+"/openapi.json")), &document))
	for path, methods := range document.Paths {
		if strings.HasSuffix(path, "/events") || strings.HasSuffix(path, "/ws") || strings.HasSuffix(path, "/account") {
			continue
		}
		for method := range methods {
			all = append(all, operation{strings.ToUpper(method), path})
		}
	}
	return all
}

// place is a request with a key where none belongs.
type place struct {
	method, path, body string
	header             http.Header
}

// oddPlaces are the requests for an operation. The names that clients give to requests are none: they are kept, and
// sent back.
func oddPlaces(o operation) (all []place) {
	key := canaryKeys["openai"]
	path := parameter.ReplaceAllString(o.path, "2")
	add := func(path, body string, header http.Header) { all = append(all, place{o.method, path, body, header}) }
	add(path+"?api_key="+key+"&"+key+"=1&limit="+key, "{}", nil)
	if path != o.path {
		add(parameter.ReplaceAllString(o.path, key), "{}", nil)
	}
	for _, name := range []string{
		"X-Api-Key", "Cookie", "If-None-Match", "Referer", "User-Agent", "Origin", "Traceparent",
		"Last-Event-ID", "X-Forwarded-For", "Content-Encoding", "Content-Type", "Authorization", key,
	} {
		add(path, "{}", http.Header{name: {key}})
	}
	for _, body := range []string{
		key, `"` + key + `"`, `["` + key + `"]`, `{"` + key + `":1}`, `{"api_key":"` + key, `{"api_key":"` + key + `"}`,
		`{"data":{"` + key + `":{"` + key + `":"` + key + `"}}}`, `{"data":"` + key + `"}`, `{"data":["` + key + `"]}`,
		`{"provider":"` + key + `","user_id":"` + key + `","url":"` + key + `","website":"` + key + `"}`,
		`{"provider":{"` + key + `":"` + key + `"},"selected_platforms":["` + key + `"],"step":"` + key + `"}`,
		`{"keys":{"openai":{"api_key":"` + key + `\u0000"}},"api_keys":[{"` + key + `":"` + key + `"}]}`,
	} {
		add(path, body, nil)
	}
	add(path, "api_key="+key, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	return all
}

// send returns the answer.
func (p place) send(t *testing.T, c *client) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, p.method, c.base+p.path, strings.NewReader(p.body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+c.token)
	for name, values := range p.header {
		request.Header[name] = values
	}
	response, err := (&http.Client{Timeout: time.Minute}).Do(request)
	require.NoError(t, err, p.path)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, errors.Join(err, response.Body.Close()))
	return fmt.Sprintln(response.StatusCode, response.Header, string(body))
}
