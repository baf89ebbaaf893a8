package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// The defaults that are words in the documentation: they depend on other settings.
var wordedDefaults = []string{"METRICS_ADDR", "SEAL_KEYS_FILE", "DATABASE_URL"}

// The one table of settings is that of the code: the names, the defaults and the
// processes that read them, no more and no fewer.
func TestDocsListEverySetting(t *testing.T) {
	t.Parallel()
	o := config.Options{Environment: map[string]string{"DEPLOY_ENV": "local", "DATABASE_URL": "postgres://h/d"}}
	api, err := config.LoadAPI(o)
	require.NoError(t, err)
	worker, err := config.LoadWorker(o)
	require.NoError(t, err)
	readers, defaults := map[string]string{}, map[string]string{}
	for process, settings := range map[string][]config.Setting{"api": config.Describe(api, o), "worker": config.Describe(worker, o)} {
		for _, setting := range settings {
			reader := process
			if readers[setting.Name] != "" {
				reader = "both"
			}
			readers[setting.Name], defaults[setting.Name] = reader, setting.Value
		}
	}
	row := regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| ([^|]+) \\| (api|worker|both) \\| ")
	listed := map[string]bool{}
	for _, cells := range row.FindAllStringSubmatch(readDoc(t, "docs/operations.md"), -1) {
		name := cells[1]
		assert.False(t, listed[name], "%s stands twice", name)
		listed[name] = true
		of := strings.TrimSuffix(name, "_FILE")
		if _, itself := readers[name]; !itself && config.TakesFile(of) {
			assert.Equal(t, readers[of], cells[3], name)
			continue
		}
		assert.Equal(t, readers[name], cells[3], name)
		if value := strings.ToLower(defaults[name]); value != "" && value != "[]" && name != "DEPLOY_ENV" && !slices.Contains(wordedDefaults, name) {
			assert.Equal(t, value, strings.ToLower(strings.Trim(cells[2], "`")), name)
		}
	}
	for name := range readers {
		assert.True(t, listed[name], "%s is missing", name)
		if config.TakesFile(name) {
			assert.True(t, listed[name+"_FILE"], "%s_FILE is missing", name)
		}
	}
}

// Links lead to files that exist, and to headings that they have.
func TestDocsLinksResolve(t *testing.T) {
	t.Parallel()
	pages := []string{filepath.Join(root, "README.md")}
	for _, pattern := range []string{"*.md", "runbooks/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, "docs", pattern))
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
