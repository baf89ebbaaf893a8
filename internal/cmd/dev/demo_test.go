package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/walk"
)

// scriptedAPI answers the polls of step 2 with the given bodies, the last one
// again and again, and the other calls as the API does.
func scriptedAPI(t *testing.T, analysis string, polls ...string) walk.Client {
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
	return walk.Client{URL: server.URL, Token: "token", HTTP: server.Client()}
}

// walkerOf returns a walker that calls the API and prints to out.
func walkerOf(t *testing.T, client walk.Client, out io.Writer) *walker {
	return &walker{
		User: walk.User{Call: client.Call}, client: client, site: "http://a.example",
		folder: t.TempDir(), out: out,
	}
}

func TestFollowPrintsLinesWithoutATerminal(t *testing.T) {
	t.Parallel()
	api := scriptedAPI(t, "",
		`{"status":"in_progress","progress":1.5,"message":"Waiting for a worker"}`,
		`{"status":"in_progress","progress":1.6,"message":"Waiting for a worker"}`,
		`{"status":"in_progress","progress":20.4,"message":"Reading the website"}`,
		`{"status":"completed","progress":100}`)
	var out bytes.Buffer
	require.NoError(t, walkerOf(t, api, &out).website(t.Context()))
	assert.Equal(t, "demo: step 2: website http://a.example submitted\n"+
		"demo:   2 % Waiting for a worker\ndemo:  20 % Reading the website\ndemo: 100 % done\n", out.String())
}

func TestFollowReportsTheFailure(t *testing.T) {
	t.Parallel()
	api := scriptedAPI(t, "",
		`{"status":"failed","message":"","error":{"code":"page_not_found","detail":"The website a.example has no page at this address."}}`)
	err := walkerOf(t, api, &bytes.Buffer{}).website(t.Context())
	assert.EqualError(t, err, "step 2 failed: The website a.example has no page at this address.")
}

func TestSubmitReportsTheProblem(t *testing.T) {
	t.Parallel()
	w := walkerOf(t, scriptedAPI(t, "", "{}"), &bytes.Buffer{})
	w.site = ""
	assert.EqualError(t, w.website(t.Context()),
		"POST /api/onboarding/step/2/complete answered 400: Enter the address of your website.")
}

func TestFetchStoresTheAnswer(t *testing.T) {
	t.Parallel()
	body := `{"id":7,"website_url":"http://a.example"}`
	w := walkerOf(t, scriptedAPI(t, body, "{}"), &bytes.Buffer{})
	var into struct {
		ID int `json:"id"`
	}
	require.NoError(t, w.fetch(t.Context(), "/website-analysis", "website_analysis.json", &into))
	assert.Equal(t, 7, into.ID)
	stored, err := os.ReadFile(filepath.Join(w.folder, "website_analysis.json"))
	require.NoError(t, err)
	assert.JSONEq(t, body, string(stored))
}

func TestShowRefusesAnEmptyAnalysis(t *testing.T) {
	t.Parallel()
	w := walkerOf(t, scriptedAPI(t, `{"crawl_result":{"pages":[]}}`, "{}"), &bytes.Buffer{})
	assert.EqualError(t, w.show(t.Context()), "the API answered with an analysis of no pages")
}
