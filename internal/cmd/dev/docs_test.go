package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const root = "../../.."

func readDoc(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(content)
}

func TestDocsListEveryFailure(t *testing.T) {
	t.Parallel()
	page := readDoc(t, "docs/api.md")
	for code, sentence := range onboarding.FailureCodes() {
		assert.Contains(t, page, "| `"+string(code)+"` | "+strings.ReplaceAll(sentence, "{}", "…")+" |")
	}
}

func TestDocsListEverySetting(t *testing.T) {
	t.Parallel()
	page := readDoc(t, "docs/operations.md")
	settings := config.Describe(config.API{}, config.Options{})
	for _, setting := range append(settings, config.Describe(config.Worker{}, config.Options{})...) {
		assert.Contains(t, page, "\n| `"+setting.Name+"` |")
	}
}

func TestDocsLinksResolve(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	links := regexp.MustCompile(`\]\(([^):#]+)(#[^)]*)?\)`)
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		content, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, link := range links.FindAllStringSubmatch(string(content), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(page), link[1]))
			assert.NoError(t, err, "%s links to %s", page, link[1])
		}
	}
}
