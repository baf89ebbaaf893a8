package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		want, got         string
		precision, recall float64
	}{
		"equal":          {"a b c d e", "a, b (c) d e.", 1, 1},
		"one word more":  {"a b c d e", "a b c d e f", 2.0 / 3, 1},
		"one word less":  {"a b c d e", "a b c d", 1, 0.5},
		"nothing shared": {"a b c d", "e f g h", 0, 0},
		"repeated once":  {"a b c d", "a b c d a b c d", 0.2, 1},
		"both empty":     {"", " - ", 1, 1},
		"nothing found":  {"a b c d", "", 0, 0},
		"short":          {"a b", "a b", 1, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := compare(test.want, test.got)
			assert.InDelta(t, test.precision, got.precision, 1e-9)
			assert.InDelta(t, test.recall, got.recall, 1e-9)
		})
	}
}

func TestAverageAndF1(t *testing.T) {
	t.Parallel()
	mean := average([]score{{1, 0.5}, {0.5, 0.5}})
	assert.InDelta(t, 0.75, mean.precision, 1e-9)
	assert.InDelta(t, 0.6, mean.f1(), 1e-9)
	assert.Zero(t, average(nil).f1())
}

func TestExtractionOfAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var packed bytes.Buffer
	zipper := gzip.NewWriter(&packed)
	text := "The mill by the river ground its last flour in May, and the town came to watch, with bread in every hand."
	_, err := zipper.Write([]byte("<html><body><nav><a href=/>Home</a></nav><article><p>" + text +
		"</p></article></body></html>"))
	require.NoError(t, err)
	require.NoError(t, zipper.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mill.html.gz"), packed.Bytes(), 0o600))
	truths, err := json.Marshal(map[string]truth{"mill": {ArticleBody: text, URL: "https://example.com/mill"}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ground-truth.json"), truths, 0o600))

	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"extraction", "-articles", dir, "-pages"}, &out))
	assert.Regexp(t, `(?m)^mill f1=1\.000 `, out.String())
	assert.Regexp(t,
		`\nextraction: pages=1 precision=1\.000 recall=1\.000 f1=1\.000 library_f1=\d\.\d{3}\n$`, out.String())
}

func TestExtractionWithoutAFolder(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		nil,
		{"bogus"},
		{"extraction"},
		{"extraction", "-articles", filepath.Join(t.TempDir(), "none")},
	} {
		assert.Error(t, run(t.Context(), args, &bytes.Buffer{}), args)
	}
}
