package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeSite writes a small website of three pages into a new folder.
func writeSite(t *testing.T, trade, text string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), trade)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for file, title := range map[string]string{
		"index.html": "The " + trade, "about.html": "About the " + trade,
		"services.html": "What the " + trade + " makes",
	} {
		body := fmt.Sprintf(`<!doctype html><html lang="en"><head><title>%[1]s</title><meta name="description" content="The %[2]s in Leeds makes it by hand, slowly and well."></head>
<body><nav><a href="/">Home</a> <a href="/about.html">About</a> <a href="/services.html">Services</a></nav><main><h1>%[1]s</h1>%[3]s<p>%[1]s is a page of its own about the %[2]s.</p><a class="button" href="/contact">Contact the %[2]s</a></main></body></html>`, title, trade, text)
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(body), 0o600))
	}
	return dir
}

const potteryText = `<p>We make bowls for families in our pottery, and you can watch us while we work. Do you want to know how a good bowl is made? Come in and ask us for a tour! However, every bowl takes its time.</p>
<p>Are you tired of the stress of finding bowls that last? Our pottery helps you to enjoy a calm and happy home with a bowl that is made by hand, with clay, water and care.</p>`

const carpentryText = `<p>The carpentry was founded in 1998. Its oak tables were exhibited in three museums, and the master carpenter has been certified by the national guild of furniture makers since the beginning.</p>
<p>Restaurants, hotels and architects commission dining tables, benches and counters, which are manufactured exclusively from certified European oak in accordance with the dimensions that have been agreed with the client.</p>
<p>A written quotation is provided within five working days; delivery and installation are arranged by the carpentry.</p>`

func TestRunAnalysis(t *testing.T) {
	t.Parallel()
	pottery, carpentry := writeSite(t, "pottery", potteryText), writeSite(t, "carpentry", carpentryText)
	var out bytes.Buffer
	require.NoError(t, runAnalysis(t.Context(), []string{"-values", "-sites", pottery + ", " + carpentry}, &out))
	assert.Regexp(t, `(?m)^analysis: site=pottery pages=3 words=\d+ fields=\d+/65 share=0\.[6-9]\d$`, out.String())
	assert.Regexp(t, `(?m)^analysis: site=carpentry pages=3 words=\d+ fields=\d+/65 share=0\.[6-9]\d$`, out.String())
	assert.Regexp(t, `analysis: sites=2 compared=\d+ differ=\d+\n$`, out.String())
	assert.Contains(t, out.String(), "writing_style.tone = ")

	require.ErrorContains(t, runAnalysis(t.Context(), []string{"-sites", pottery + "," + pottery}, &out), "same values")
}

func TestRunAnalysisFails(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.ErrorContains(t, runAnalysis(t.Context(), nil, &out), "name the folders")
	require.Error(t, runAnalysis(t.Context(), []string{"-sites", t.TempDir()}, &out))

	bare := t.TempDir()
	require.NoError(t,
		os.WriteFile(filepath.Join(bare, "index.html"), []byte("<title>x</title><p>Welcome to our new page.</p>"), 0o600))
	require.ErrorContains(t, runAnalysis(t.Context(), []string{"-sites", bare}, &out), "fewer than 60%")
}

func TestCompareSites(t *testing.T) {
	t.Parallel()
	differing, compared := compareSites([]analysed{
		{"a", map[string]string{"x": "1", "y": "2", "only": "3"}},
		{"b", map[string]string{"x": "1", "y": "9"}},
	})
	assert.Equal(t, 1, differing)
	assert.Equal(t, 2, compared)
}

func TestMissingFolderIsNamed(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing")
	for _, args := range [][]string{{"analysis", "-sites", missing}, {"extraction", "-articles", missing}} {
		assert.EqualError(t, run(t.Context(), args, io.Discard), "there is no folder "+missing)
	}
}
