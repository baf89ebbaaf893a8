package store

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/drift"
)

func TestColumnsDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	text := drift.Head("table", "column", "here", "reason")
	for _, c := range Columns {
		ours := "dropped"
		if c.Ours != "" {
			ours = "`" + c.Ours + "`"
		}
		text += drift.Row("`"+c.Table+"`", "`"+c.Name+"`", ours, c.Reason)
	}
	drift.Block(t, "../../../docs/switch-over.md", "columns", text)
}

// Every column of the former models is decided about, and no other is.
func TestColumnsAreThoseOfTheModels(t *testing.T) {
	t.Parallel()
	var models []string
	for _, file := range []string{"pinned.sql", "newest.sql"} {
		ddl, err := os.ReadFile("../legacytest/testdata/" + file)
		require.NoError(t, err)
		table := ""
		for line := range strings.Lines(string(ddl)) {
			if m := regexp.MustCompile(`^create table (\w+)`).FindStringSubmatch(line); m != nil {
				table = m[1]
			} else if m := regexp.MustCompile(`^alter table (\w+) add column (\w+)`).FindStringSubmatch(line); m != nil {
				models = append(models, m[1]+"."+m[2])
			} else if m := regexp.MustCompile(`^    (\w+) `).FindStringSubmatch(line); m != nil {
				models = append(models, table+"."+m[1])
			}
		}
	}
	slices.Sort(models)
	models = slices.Compact(models)
	var decided []string
	for _, c := range Columns {
		decided = append(decided, c.Table+"."+c.Name)
		assert.True(t, c.Ours != "" || c.Reason != "", "%s.%s is dropped without a reason", c.Table, c.Name)
	}
	assert.ElementsMatch(t, models, decided)
}
