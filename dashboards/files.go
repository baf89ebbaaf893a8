package dashboards

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

// Files are the dashboards.
//
//go:embed *.json
var Files embed.FS

// all stands for the variables of a dashboard: everything is chosen.
var all = strings.NewReplacer("$instance", ".*", "$queue", ".*", "$kind", ".*")

// Query is an expression of a panel, with everything chosen.
type Query struct {
	// Dashboard is the name of the file, Panel the title.
	Dashboard, Panel string
	Expr             string
}

// Queries returns the expressions of all panels, and how many panels there are.
func Queries() (queries []Query, panels int, err error) {
	entries, err := Files.ReadDir(".")
	if err != nil {
		return nil, 0, fmt.Errorf("list the dashboards: %w", err)
	}
	for _, entry := range entries {
		content, err := Files.ReadFile(path.Clean(entry.Name()))
		if err != nil {
			return nil, 0, fmt.Errorf("read dashboard %s: %w", entry.Name(), err)
		}
		var dashboard struct {
			Panels []struct {
				Type, Title string
				Targets     []struct{ Expr string }
			}
		}
		if err := json.Unmarshal(content, &dashboard); err != nil {
			return nil, 0, fmt.Errorf("read dashboard %s: %w", entry.Name(), err)
		}
		for _, p := range dashboard.Panels {
			if p.Type == "row" {
				continue
			}
			panels++
			for _, target := range p.Targets {
				queries = append(queries, Query{Dashboard: entry.Name(), Panel: p.Title, Expr: all.Replace(target.Expr)})
			}
		}
	}
	return queries, panels, nil
}
