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

// docs/switch-over.md lists every column: those that are kept, and those that are dropped by reason.
func TestColumnsDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	kept, dropped, reasons := "", map[string][]string{}, []string(nil)
	for _, c := range Columns {
		name := "`" + c.Table + "." + c.Name + "`"
		if c.Ours == "" {
			if dropped[c.Reason] == nil {
				reasons = append(reasons, c.Reason)
			}
			dropped[c.Reason] = append(dropped[c.Reason], name)
			continue
		}
		kept += strings.TrimSuffix("- "+name+" → `"+c.Ours+"`: "+c.Reason, ": ") + "\n"
	}
	text := "Kept:\n\n" + kept + "\nDropped:\n\n"
	for _, reason := range reasons {
		text += "- " + reason + ": " + strings.Join(dropped[reason], ", ") + "\n"
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
