package style

import (
	"embed"
	"fmt"

	"github.com/alwrity/onboarding/internal/textstat"
)

//go:embed lists/*.txt
var listFiles embed.FS

// lists holds the word lists of the rules. It is read-only after loadLists.
type lists struct {
	industries []textstat.Section
	schema     map[string]string // schema.org type to industry
	pageTypes  []textstat.Section
	actions    []textstat.Section
	countries  map[string]string // code to country
}

// loadLists parses the embedded lists.
func loadLists() (*lists, error) {
	l := &lists{schema: map[string]string{}, countries: map[string]string{}}
	if err := textstat.EachList(listFiles, "lists", l.add); err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	return l, nil
}

func (l *lists) add(name string, sections []textstat.Section) error {
	switch name {
	case "industries":
		l.industries = sections
	case "pagetypes":
		l.pageTypes = sections
	case "actions":
		l.actions = sections
	case "schema":
		invert(sections, l.schema)
	case "countries":
		invert(sections, l.countries)
	default:
		return fmt.Errorf("no such list")
	}
	return nil
}

func invert(sections []textstat.Section, into map[string]string) {
	for _, s := range sections {
		for _, term := range s.Terms {
			into[term] = s.Name
		}
	}
}
