package style

import (
	"embed"
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/textstat"
)

//go:embed lists/*.txt
var listFiles embed.FS

// lists holds the word lists of the rules. It is read-only after loadLists.
type lists struct {
	trades    map[string][]textstat.Section // by language
	schema    map[string]string             // schema.org type to industry
	actions   []textstat.Section
	countries map[string]string // code to country
	audience  []textstat.Section
	regions   []textstat.Section // by country
}

// loadLists parses the embedded lists.
func loadLists() (*lists, error) {
	files, err := textstat.Lists(listFiles, "lists")
	if err != nil {
		return nil, fmt.Errorf("read lists: %w", err)
	}
	const prefix = "trades_"
	out := &lists{
		audience: files["audience"],
		regions:  files["regions"],
		trades:   map[string][]textstat.Section{},
		actions:  files["actions"],
		schema:   inverted(files["schema"]), countries: inverted(files["countries"]),
	}
	for name, sections := range files {
		if code, found := strings.CutPrefix(name, prefix); found {
			out.trades[code] = sections
		}
	}
	return out, nil
}

// inverted maps the terms of all sections to the names of these.
func inverted(sections []textstat.Section) map[string]string {
	names := map[string]string{}
	for _, s := range sections {
		for _, term := range s.Terms {
			names[term] = s.Name
		}
	}
	return names
}
