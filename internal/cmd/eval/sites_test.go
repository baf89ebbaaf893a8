package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sum(text string) string {
	hash := sha256.Sum256([]byte(text))
	return hex.EncodeToString(hash[:])
}

func TestRunSites(t *testing.T) {
	t.Parallel()
	site, folder := writeSite(t, "pottery", potteryText), t.TempDir()
	require.NoError(t, os.Rename(site, filepath.Join(folder, "someone+pottery")))
	truth := filepath.Join(folder, "truth.json")
	require.NoError(t, os.WriteFile(truth, []byte(`[
		{"site": "pottery", "repo": "someone/pottery", "language": ["en"], "brand": ["Nobody's Pottery"],
		"pages": {"/": ["home"], "/about.html": ["about"], "/not-read.html": ["blog"]},
		"cta": {"any": ["contact"]}, "audience": {"any": ["famil"]}, "tagline": {"any": ["no such slogan"]}},
		{"site": "missing", "repo": "someone/missing", "language": ["de"]}]`), 0o600))
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"sites", "-sites", folder, "-truth", truth, "-values"}, &out))
	assert.Contains(t, out.String(), "missing: there is no folder")
	assert.Contains(t, out.String(), "field language: right=1 wrong=0 null=1\n")
	assert.Contains(t, out.String(), "field pages: right=1 wrong=0 null=1\n")
	assert.Contains(t, out.String(), "field cta: right=1 wrong=0 null=1\n")
	assert.Regexp(t, `\nsites: n=2 cells=34 right=\d+ wrong=\d+ null=\d+ english=\d+% other=18%\n$`, out.String())

	require.ErrorContains(t, run(t.Context(), []string{"sites"}, &out), "name the folder and the file")
	require.ErrorContains(t, run(t.Context(), []string{"sites", "-sites", folder, "-truth", folder}, &out), "is right")
}

func TestStems(t *testing.T) {
	t.Parallel()
	want := stems{Any: []string{"web", "garden", "let's talk"}, None: []string{"cookie"}}
	assert.True(t, want.standIn([]string{"Web design"}, 1))
	assert.False(t, want.standIn([]string{"webinars"}, 1), "three letters are a whole word")
	assert.True(t, want.standIn([]string{"Gardening", "Let’s talk!"}, 2))
	assert.False(t, want.standIn([]string{"gardens", "cookies"}, 1))
	assert.True(t, want.standInCalls([]string{"“Let’s Talk”", "“Accept the cookie”"}))
	assert.False(t, want.standInCalls([]string{"“Let’s Talk”", "“Cookie”"}))
	assert.Equal(t, "mixed", label("mixed: problems (and their relief)"))
}

func TestContactsAreComparedByTheirHashes(t *testing.T) {
	t.Parallel()
	number := sum("493012345")
	phones := hashes{Country: "49", Must: []string{number}}
	tests := []struct {
		values []string
		want   cell
	}{
		{[]string{"030 12345"}, right},
		{[]string{"+49 (0)30 123-45"}, right},
		{[]string{"0049 30 12345"}, right},
		{[]string{"030 12345", "+49 30 12345"}, wrong},
		{[]string{"030 12345", "030 99999"}, wrong},
		{nil, null},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, phones.judge(test.values, phones.numbers), test.values)
	}
	assert.Equal(t, right, hashes{}.judge(nil, phones.numbers))

	social := profiles{Must: map[string][]string{"x": {sum("x.com/mill")}}, May: map[string][]string{"vk": {sum("vk.com/m")}}}
	assert.Equal(t, right, social.judge(map[string]string{"x": "https://www.Twitter.com/Mill/?lang=de"}))
	assert.Equal(t, null, social.judge(nil))
	assert.Equal(t, wrong, social.judge(map[string]string{"x": "https://x.com/mill", "youtube": "https://youtube.com/@mill"}))
	assert.Equal(t, wrong, social.judge(map[string]string{"vk": "https://vk.com/m"}))
}
