package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scriptedAPI answers the polls of step 2 with the given bodies, the last one
// again and again, and the other calls as the API does.
func scriptedAPI(t *testing.T, analysis string, polls ...string) client {
	t.Helper()
	next := 0
	mux := http.NewServeMux()
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "Bearer token", r.Header.Get("Authorization"))
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
		}
	}
	mux.HandleFunc("POST /api/onboarding/start", answer(200, `{"message":"ok"}`))
	mux.HandleFunc("POST /api/onboarding/step/2/complete", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Data struct{ Website string } `json:"data"`
		}
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		if body.Data.Website == "" {
			answer(400, `{"detail":"Enter the address of your website."}`)(w, r)
			return
		}
		answer(202, `{"submission_id":"s1","status":"in_progress"}`)(w, r)
	})
	mux.HandleFunc("GET /api/onboarding/step/2", func(w http.ResponseWriter, r *http.Request) {
		body := polls[min(next, len(polls)-1)]
		next++
		answer(200, body)(w, r)
	})
	mux.HandleFunc("GET /api/onboarding/website-analysis", answer(200, analysis))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return newClient(strings.TrimPrefix(server.URL, "http://"), "token")
}

func TestFollowPrintsLinesWithoutATerminal(t *testing.T) {
	t.Parallel()
	api := scriptedAPI(t, "",
		`{"status":"in_progress","progress":1.5,"message":"Waiting for a worker"}`,
		`{"status":"in_progress","progress":1.6,"message":"Waiting for a worker"}`,
		`{"status":"in_progress","progress":20.4,"message":"Reading the website"}`,
		`{"status":"completed","progress":100}`)
	var out bytes.Buffer
	require.NoError(t, submit(t.Context(), api, "http://a.example"))
	require.NoError(t, follow(t.Context(), api, &out))
	assert.Equal(t, "demo:   2 % Waiting for a worker\ndemo:  20 % Reading the website\ndemo: 100 % done\n", out.String())
}

func TestFollowReportsTheFailure(t *testing.T) {
	t.Parallel()
	api := scriptedAPI(t, "", `{"status":"failed","message":"","error":{"code":"page_not_found","detail":"The website a.example has no page at this address."}}`)
	err := follow(t.Context(), api, &bytes.Buffer{})
	assert.EqualError(t, err, "the website analysis failed: The website a.example has no page at this address.")
}

func TestSubmitReportsTheProblem(t *testing.T) {
	t.Parallel()
	err := submit(t.Context(), scriptedAPI(t, "", "{}"), "")
	assert.EqualError(t, err, "POST /api/onboarding/step/2/complete answered 400: Enter the address of your website.")
}

func TestCollectStoresTheAnswerAndTheReport(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	body := `{"id":7,"website_url":"http://a.example","crawl_result":{"url":"http://a.example","pages":[{"title":"A","type":"home","words":3}]},"measurements":{"words":3}}`
	var out bytes.Buffer
	analysis, err := collect(t.Context(), scriptedAPI(t, body, "{}"), folder, &out)
	require.NoError(t, err)
	assert.Equal(t, 3, analysis.Measured.Words)
	stored, err := os.ReadFile(filepath.Join(folder, "website_analysis.json"))
	require.NoError(t, err)
	assert.JSONEq(t, body, string(stored))
	report, err := os.ReadFile(filepath.Join(folder, "report.txt"))
	require.NoError(t, err)
	assert.Contains(t, string(report), "1 page · 3 words")
	assert.Contains(t, out.String(), string(report))
}

func TestCollectRefusesAnEmptyAnalysis(t *testing.T) {
	t.Parallel()
	_, err := collect(t.Context(), scriptedAPI(t, `{"crawl_result":{"pages":[]}}`, "{}"), t.TempDir(), &bytes.Buffer{})
	assert.EqualError(t, err, "the API answered with an analysis of no pages")
}
