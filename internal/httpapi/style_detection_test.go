package httpapi_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const detection = base + "/style-detection"

func TestAStyleDetection(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	body := f.ok(http.MethodPost, detection+"/complete", `{"url":" Example.com/ ","include_patterns":true,"include_guidelines":true}`)
	assert.Equal(t, true, body["success"])
	assert.Nil(t, body["error"])
	assert.Equal(t, "Two pages were too slow.", body["warning"])
	assert.Equal(t, "warm", at(t, body, "style_analysis", "writing_style", "tone"))
	assert.Equal(t, []any{"Say what you mean."}, at(t, body, "style_guidelines", "best_practices"))
	assert.Equal(t, "https://example.com", at(t, body, "crawl_result", "url"))
	assert.NotNil(t, body["style_patterns"])
	assert.NotEmpty(t, body["timestamp"])
	for _, none := range []string{"seo_audit", "sitemap_analysis"} {
		assert.Nil(t, at(t, body, none))
	}
	step := f.ok(http.MethodGet, base+"/step/2", "")
	assert.Equal(t, "completed", step["status"])
	assert.Equal(t, body["submission_id"], step["submission_id"])
	assert.Equal(t, body["analysis_id"], at(t, step, "data", "analysis_id"))

	short := f.ok(http.MethodPost, detection+"/complete", `{"url":"https://example.com","include_patterns":false,"include_guidelines":false,"text_sample":null}`)
	assert.Equal(t, body["analysis_id"], short["analysis_id"], "a website is stored once")
	assert.NotEqual(t, body["submission_id"], short["submission_id"], "what has ended is done anew")
	assert.NotNil(t, short["style_analysis"])
	assert.Nil(t, short["style_patterns"])
	assert.Nil(t, short["style_guidelines"])
}

func TestADetectionFromAText(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	text := strings.Repeat("We repair bicycles. ", 3)
	body := f.ok(http.MethodPost, detection+"/complete", fmt.Sprintf(`{"url":"","text_sample":%q}`, text))
	assert.Equal(t, true, body["success"])
	assert.Nil(t, body["warning"])
	assert.Equal(t, strings.TrimSpace(text), at(t, body, "crawl_result", "content", "main_content"))

	row := f.ok(http.MethodGet, fmt.Sprintf("%s/analysis/%.0f", detection, body["analysis_id"]), "")
	assert.Nil(t, at(t, row, "analysis", "website_url"), "a text has no address")
	assert.Nil(t, f.ok(http.MethodGet, base+"/website-analysis", "")["website_url"])
}

func TestAFailedDetection(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	for _, path := range []string{"/complete", "/crawl"} {
		body := f.ok(http.MethodPost, detection+path, `{"url":"https://gone.example"}`)
		assert.Equal(t, false, body["success"])
		assert.Equal(t, "There is no website at gone.example. Check the spelling of the address.", body["error"], "the word website is looked for")
	}
	assert.Nil(t, f.ok(http.MethodPost, detection+"/complete", `{"url":"https://gone.example"}`)["analysis_id"])
	assert.Equal(t, []any{}, f.ok(http.MethodGet, detection+"/session-analyses", "")["analyses"])
}

func TestAnalyzeAndCrawl(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	text := strings.Repeat("We repair bicycles. ", 3)
	for kind, parts := range map[string][3]bool{
		`"comprehensive"`: {true, true, true}, `null`: {true, true, true}, `"patterns"`: {false, true, false}, `"guidelines"`: {false, false, true},
	} {
		body := f.ok(http.MethodPost, detection+"/analyze", fmt.Sprintf(`{"content":{"main_content":%q,"title":null},"analysis_type":%s}`, text, kind))
		assert.Equal(t, true, body["success"])
		for i, part := range []string{"analysis", "patterns", "guidelines"} {
			assert.Equal(t, parts[i], body[part] != nil, "%s %s", kind, part)
		}
	}
	crawled := f.ok(http.MethodPost, detection+"/crawl", `{"url":"example.com"}`)
	assert.Equal(t, true, crawled["success"])
	assert.InDelta(t, 1, at(t, crawled, "metrics", "words"), 0)
	assert.NotNil(t, crawled["content"])

	assert.Equal(t, "pending", f.ok(http.MethodGet, base+"/step/2", "")["status"], "both are submissions without a step")
	assert.Equal(t, []any{}, f.ok(http.MethodGet, detection+"/session-analyses", "")["analyses"])

	long := strings.Repeat("abcd ", 2000)
	body := f.ok(http.MethodPost, detection+"/analyze", fmt.Sprintf(`{"content":{"main_content":%q}}`, long+"..."))
	assert.Equal(t, true, body["success"], "what a crawl answered is taken although it was cut and marked")
}

func TestStoredAnalyses(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	first := f.ok(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)
	f.ok(http.MethodPost, detection+"/complete", `{"url":"two.example/shop?lang=en"}`)

	list, ok := f.ok(http.MethodGet, detection+"/session-analyses", "")["analyses"].([]any)
	require.True(t, ok)
	require.Len(t, list, 2)
	assert.Equal(t, "https://two.example/shop?lang=en", at(t, list[0], "website_url"), "the newest first")
	assert.Equal(t, "warm", at(t, list[0], "style_analysis", "writing_style", "tone"))
	assert.Equal(t, []any{"Say what you mean."}, at(t, list[0], "style_analysis", "best_practices"))

	path := fmt.Sprintf("%s/analysis/%.0f", detection, first["analysis_id"])
	row := f.ok(http.MethodGet, path, "")
	assert.Equal(t, true, row["success"])
	assert.Equal(t, "https://one.example", at(t, row, "analysis", "website_url"))
	assert.Equal(t, "warm", at(t, row, "analysis", "writing_style", "tone"))
	assert.Equal(t, "Two pages were too slow.", at(t, row, "analysis", "warning_message"))
	assert.Equal(t, []any{"Say what you mean."}, at(t, row, "analysis", "style_guidelines", "best_practices"))

	assert.Equal(t, true, f.ok(http.MethodPut, path, `{"writing_style":{"tone":"dry"},"best_practices":["Be brief."]}`)["success"])
	row = f.ok(http.MethodGet, path, "")
	assert.Equal(t, "dry", at(t, row, "analysis", "writing_style", "tone"))
	assert.Equal(t, []any{"Be brief."}, at(t, row, "analysis", "style_guidelines", "best_practices"))

	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		body := ""
		if method == http.MethodPut {
			body = `{"writing_style":{"tone":"mine"}}`
		}
		requireProblem(t, f.as("bob", method, path, body), 404, "not_found")
		for _, id := range []string{"0", "-1", "x", "99999999999999999999", "999999"} {
			requireProblem(t, f.as("ada", method, detection+"/analysis/"+id, body), 404, "not_found")
		}
	}
	assert.Equal(t, "dry", at(t, f.ok(http.MethodGet, path, ""), "analysis", "writing_style", "tone"))
	both := f.as("ada", http.MethodGet, detection+"/session-analyses", "")
	assert.Equal(t, 304, f.as("ada", http.MethodGet, detection+"/session-analyses", "", "If-None-Match", both.header.Get("ETag")).status)
	assert.Equal(t, true, f.ok(http.MethodDelete, path, "")["success"])
	requireProblem(t, f.as("ada", http.MethodGet, path, ""), 404, "not_found")
	assert.Equal(t, "completed", f.ok(http.MethodGet, base+"/step/2", "")["status"], "the other website is the result of step 2")
	fewer := f.as("ada", http.MethodGet, detection+"/session-analyses", "", "If-None-Match", both.header.Get("ETag"))
	require.Equal(t, 200, fewer.status, "the list is another, although no step has changed")
	assert.Len(t, fewer.object(t)["analyses"], 1)
	assert.Equal(t, 304, f.as("ada", http.MethodGet, detection+"/session-analyses", "", "If-None-Match", fewer.header.Get("ETag")).status)
}

// raw sends a GET of ada whose path no template of the document covers.
func (f *fixture) raw(path string, headers ...string) response {
	f.t.Helper()
	request, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, f.url+path, http.NoBody)
	require.NoError(f.t, err)
	request.Header.Set("Authorization", "Bearer "+f.token("ada"))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
	require.NoError(f.t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(f.t, err)
	return response{status: answer.StatusCode, header: answer.Header, body: body}
}

func TestCheckingForAnAnalysis(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	const check = detection + "/check-existing/"
	assert.Equal(t, false, f.ok(http.MethodGet, check+"https%3A%2F%2Fone.example", "")["exists"])
	id := f.ok(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)["analysis_id"]
	shop := f.ok(http.MethodPost, detection+"/complete", `{"url":"two.example/a%20shop/?lang=en&b=%2F"}`)["analysis_id"]

	for _, path := range []string{"https%3A%2F%2Fone.example", "https%3a%2f%2fONE.example%2F", "one.example", "one.example%2F"} {
		body := f.ok(http.MethodGet, check+path, "")
		assert.Equal(t, true, body["exists"], path)
		assert.Equal(t, id, body["analysis_id"])
		assert.Equal(t, map[string]any{"writing_style": "warm", "target_audience": []any{}, "content_type": nil}, body["summary"])
	}
	for _, path := range []string{
		"https://one.example", "https://one.example/", "https:/one.example", "https://one.example#top", "http://two.example", "one.example:443",
	} {
		want := !strings.HasPrefix(path, "http:")
		assert.Equal(t, want, f.raw(check + path).object(t)["exists"], path)
	}
	for _, path := range []string{
		"https://two.example/a%20shop/?lang=en&b=%2F", "two.example/a%20shop/?lang=en&b=%2F", "https%3A%2F%2Ftwo.example%2Fa%2520shop%2F%3Flang%3Den%26b%3D%252F",
	} {
		assert.Equal(t, shop, f.raw(check + path).object(t)["analysis_id"], path)
	}
	for _, path := range []string{"ftp%3A%2F%2Fone.example", "%20", "https%3A%2F%2F", "one%00.example"} {
		body := f.ok(http.MethodGet, check+path, "")
		assert.Equal(t, false, body["exists"], path)
		assert.NotEmpty(t, body["error"], path)
	}
	assert.NotEmpty(t, f.raw(check).object(t)["error"], "no address")

	first := f.as("ada", http.MethodGet, check+"one.example", "")
	tag := first.header.Get("ETag")
	require.NotEmpty(t, tag)
	assert.Equal(t, "private, no-cache", first.header.Get("Cache-Control"))
	assert.Contains(t, first.header.Get("Vary"), "Authorization")
	assert.Equal(t, 304, f.as("ada", http.MethodGet, check+"one.example", "", "If-None-Match", tag).status)
	assert.Equal(t, 200, f.as("ada", http.MethodHead, check+"one.example", "").status)
	assert.Equal(t, false, f.as("bob", http.MethodGet, check+"one.example", "").object(t)["exists"], "nobody sees another's")
	requireProblem(t, f.send(http.MethodGet, check+"one.example", ""), 401, "unauthenticated")
	assert.NotContains(t, f.log.String(), "one.example", "addresses are not logged")
}

func TestStyleOptions(t *testing.T) {
	t.Parallel()
	f := serveBroken(t, func() error { return nil })
	body := f.ok(http.MethodGet, detection+"/configuration-options", "")
	assert.Equal(t, map[string]any{"max_content_length": 10000.0, "min_content_length": 50.0, "max_urls": 1.0}, body["limits"])
	assert.Contains(t, body["analysis_types"], "comprehensive")
}
