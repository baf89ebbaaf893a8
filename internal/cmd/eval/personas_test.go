package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Three sites, two of them about bicycles: a persona must match the pages that it was
// not made from clearly better when they are of its own site.
func TestPersonasMatchTheirOwnSites(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sites := filepath.Join("..", "dev", "site") + ",testdata/sites/crumb,testdata/sites/cycleways"
	require.NoError(t, run(t.Context(), []string{"personas", "-sites", sites}, &out), out.String())
	assert.Regexp(t, `(?m)^crumb +\d+( +\d+\.\d){3}$`, out.String())
	assert.Regexp(t, `\npersonas: sites=3 own=[89]\d\.\d other=[0-3]?\d\.\d margin=[4-9]\d\.\d wrong=0\n$`, out.String())
}

func TestPersonasOfOneVoiceFail(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/sites/crumb")))
	var out bytes.Buffer
	require.ErrorContains(t, runPersonas(t.Context(), []string{"-sites", dir + ",testdata/sites/crumb"}, &out),
		"as well as its own")
	assert.Contains(t, out.String(), "margin=0.0 wrong=2")
}

func TestPersonasNeedFolders(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.ErrorContains(t, runPersonas(t.Context(), nil, &out), "name two folders")
	require.ErrorContains(t, runPersonas(t.Context(), []string{"-sites", "testdata/sites/crumb,none"}, &out),
		"there is no folder none")
}
