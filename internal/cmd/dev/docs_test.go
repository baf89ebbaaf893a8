package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../../.."

// Links lead to files that exist, and to headings that they have.
func TestDocsLinksResolve(t *testing.T) {
	t.Parallel()
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "clients/*/*.md", ".github/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		pages = append(pages, found...)
	}
	links := regexp.MustCompile(`\]\(([^):#]*)(#[^)]*)?\)`)
	for _, page := range pages {
		content, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, link := range links.FindAllStringSubmatch(string(content), -1) {
			target := page
			if link[1] != "" {
				target = filepath.Join(filepath.Dir(page), link[1])
			}
			_, err := os.Stat(target)
			assert.NoError(t, err, "%s links to %s", page, link[1])
			if link[2] != "" && strings.HasSuffix(target, ".md") {
				assert.Contains(t, anchors(t, target), link[2], "%s links to %s%s", page, link[1], link[2])
			}
		}
	}
}

var (
	docHeading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noPartOfURL = regexp.MustCompile(`[^a-z0-9 -]`)
)

// anchors returns what links to the headings of a page end in.
func anchors(t *testing.T, page string) (all []string) {
	t.Helper()
	content, err := os.ReadFile(page)
	require.NoError(t, err)
	for _, heading := range docHeading.FindAllStringSubmatch(string(content), -1) {
		all = append(all, "#"+strings.ReplaceAll(noPartOfURL.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-"))
	}
	return all
}
