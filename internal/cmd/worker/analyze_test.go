package worker

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// runAnalyze runs the command and returns what it printed and its exit code.
func runAnalyze(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	code = Main(t.Context(), append([]string{"analyze"}, args...), nil, &out, &diagnostics)
	return out.String(), diagnostics.String(), code
}

func TestAnalyzeFolder(t *testing.T) {
	t.Parallel()
	stdout, stderr, code := runAnalyze(t, "testdata/tailor")
	require.Equal(t, 0, code, stderr)
	assert.Empty(t, stderr)
	var analysis onboarding.ShownAnalysis
	require.NoError(t, json.Unmarshal([]byte(stdout), &analysis))
	assert.Len(t, analysis.Crawl.Pages, 2, "both pages are read, the second one by a link")
	assert.Positive(t, analysis.Measured.Words)
}

func TestAnalyzeRules(t *testing.T) {
	t.Parallel()
	stdout, stderr, code := runAnalyze(t, "-rules")
	require.Equal(t, 0, code, stderr)
	assert.Contains(t, stdout, "writing_style.complexity (alphabetic; fills): English: Flesch-Kincaid grade")
}

func TestAnalyzeFile(t *testing.T) {
	t.Parallel()
	stdout, stderr, code := runAnalyze(t, "-text", "testdata/tailor/index.html")
	require.Equal(t, 0, code, stderr)
	assert.Contains(t, stdout, "We shorten trousers")
	assert.NotContains(t, stdout, "<p>")
	assert.NotContains(t, stdout, "Imprint", "the navigation is no main text")
}

func TestAnalyzeTextFile(t *testing.T) {
	t.Parallel()
	sample := filepath.Join(t.TempDir(), "sample.md")
	require.NoError(t, os.WriteFile(sample, []byte("# Mending\n\nI mend coats for people who love their coats."), 0o600))
	stdout, stderr, code := runAnalyze(t, "-o", "table", sample)
	require.Equal(t, 0, code, stderr)
	assert.True(t, strings.HasPrefix(stdout, "Text\n1 page · 10 words"), stdout)
	assert.Contains(t, stdout, "the analysis was made from a text")

	_, stderr, code = runAnalyze(t, "no-such-file.txt")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "there is no file or folder no-such-file.txt")
}

func TestAnalyzeTable(t *testing.T) {
	t.Parallel()
	stdout, stderr, code := runAnalyze(t, "testdata/tailor", "-o", "table")
	require.Equal(t, 0, code, stderr)
	assert.Contains(t, stdout, "PAGES ─")
	assert.Contains(t, stdout, "WORDS PER SENTENCE ─")
}

func TestAnalyzeFailures(t *testing.T) {
	t.Parallel()
	big := filepath.Join(t.TempDir(), "big.html")
	require.NoError(t, os.WriteFile(big, bytes.Repeat([]byte("<p>word</p>"), 500_000), 0o600))
	stub := filepath.Join(t.TempDir(), "index.html")
	require.NoError(t, os.WriteFile(stub, []byte(`<meta http-equiv=refresh content="0;url=/en/"><p>Redirecting to the page`), 0o600))
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"page that leads on": {[]string{stub}, 1, "index.html has no text but leads to /en/"},
		"nothing named":      {nil, 2, "name a URL"},
		"two targets":        {[]string{"https://a.example", "https://b.example"}, 2, "only one"},
		"unknown flag":       {[]string{"-nope", "https://a.example"}, 2, "-nope"},
		"unknown format":     {[]string{"-o", "xml", "https://a.example"}, 2, "json or table"},
		"bad prefix":         {[]string{"-allow", "localhost", "https://a.example"}, 2, "127.0.0.1/32"},
		"no such file":       {[]string{"./missing.html"}, 1, "there is no file or folder ./missing.html"},
		"not a URL":          {[]string{"ftp://a.example"}, 1, "Only http and https"},
		"loopback":           {[]string{"http://127.0.0.1"}, 1, "not on the public internet"},
		"folder of no pages": {[]string{t.TempDir()}, 1, "no start page"},
		"file too large":     {[]string{big}, 1, "larger than 5 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, code := runAnalyze(t, c.args...)
			assert.Equal(t, c.code, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, c.says)
			if c.code == 1 {
				assert.Equal(t, 1, strings.Count(stderr, "\n"), "one sentence")
			}
		})
	}
}

// Not parallel: the deployment is a setting of the process.
func TestAnalyzeAllowsPrivateNetworksLocallyOnly(t *testing.T) {
	handler, err := FolderHandler(os.DirFS("testdata/tailor"))
	require.NoError(t, err)
	site := httptest.NewServer(handler)
	defer site.Close()

	t.Setenv("DEPLOY_ENV", "local")
	stdout, stderr, code := runAnalyze(t, "-allow", "127.0.0.1/32", "-text", site.URL)
	require.Equal(t, 0, code, stderr)
	assert.Contains(t, stdout, "We shorten trousers")
	_, stderr, code = runAnalyze(t, "-allow", "0.0.0.0/0", site.URL)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "-allow must not allow every address.")

	t.Setenv("DEPLOY_ENV", "production")
	stdout, stderr, code = runAnalyze(t, "-allow", "127.0.0.1/32", site.URL)
	assert.Equal(t, 1, code)
	assert.Empty(t, stdout)
	assert.Contains(t, stderr, "-allow opens private networks to fetching, so it is for DEPLOY_ENV=local only")
	_, stderr, code = runAnalyze(t, "testdata/tailor")
	assert.Equal(t, 0, code, "a folder of one's own needs no flag: %s", stderr)
}
