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

const root = "../.."

// Each promise of docs/guarantees.md names the mutants that break it, and all are named.
func TestGuaranteesNameTheMutants(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "docs", "guarantees.md"))
	require.NoError(t, err)
	var named, have []string
	lists := regexp.MustCompile("\\((`[a-z-]+`(,\\s+)?)+\\)").FindAllString(string(page), -1)
	assert.Len(t, lists, strings.Count(string(page), "\n- "), "each promise has a mutant")
	for _, list := range lists {
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
