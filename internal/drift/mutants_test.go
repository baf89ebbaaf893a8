package drift

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each mutant stands beside the promise of docs/guarantees.md that it breaks.
func TestGuaranteesNameTheMutants(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "docs", "guarantees.md"))
	require.NoError(t, err)
	var named, have []string
	for _, list := range regexp.MustCompile("\\((`[a-z-]+`(,\\s+)?)+\\)").FindAllString(string(page), -1) {
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(list, -1) {
			named = append(named, name[1])
		}
	}
	patches, err := filepath.Glob(filepath.Join(root, "tools", "mutants", "*.patch"))
	require.NoError(t, err)
	for _, patch := range patches {
		have = append(have, strings.TrimSuffix(filepath.Base(patch), ".patch"))
	}
	assert.ElementsMatch(t, have, named)
}
