package store

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// progressPrefix begins the name of a JSON file; the rest is made of the user's id.
const progressPrefix = ".onboarding_progress"

// progress is a number of JSON files, one for each user.
type progress struct {
	files   []string
	options Options
	rows    map[string]int
}

func openProgress(files []string, o Options) *progress {
	return &progress{files: files, options: o, rows: map[string]int{}}
}

func (*progress) Kind() string           { return "json" }
func (p *progress) Users() int           { return len(p.files) }
func (p *progress) Rows() map[string]int { return maps.Clone(p.rows) }
func (*progress) Unknown() []string      { return nil }
func (*progress) Close() error           { return nil }

// Each reads the files one after the other.
func (p *progress) Each(ctx context.Context, take Take, refuse Refuse) error {
	known := map[string][]string{}
	for _, user := range p.options.Known {
		name := fileID(user, "_")
		known[name] = append(known[name], user)
	}
	for _, path := range p.files {
		user, refusal := readProgress(path, known)
		if refusal.Code != "" {
			refusal.Table, refusal.Where, refusal.Rows = Sessions, path, 1
			p.rows[Sessions]++
			refuse(refusal)
			continue
		}
		for _, row := range user.Rows {
			p.rows[row.Table]++
		}
		if err := take(ctx, user); err != nil {
			return err
		}
	}
	return nil
}

// step is a step of a JSON file.
type step struct {
	Number      int                        `json:"step_number"`
	Status      string                     `json:"status"`
	CompletedAt *string                    `json:"completed_at"`
	Data        map[string]json.RawMessage `json:"data"`
}

// maxProgress bounds a file: those of the wizard have less than 1 MB.
const maxProgress = 64 << 20

func readProgress(path string, known map[string][]string) (User, Refusal) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return User{}, Refusal{Code: "unreadable_file", Reason: "The file can't be read."}
	}
	raw, err := io.ReadAll(io.LimitReader(file, maxProgress))
	if errors.Join(err, file.Close()) != nil {
		return User{}, Refusal{Code: "unreadable_file", Reason: "The file can't be read."}
	}
	var document map[string]json.RawMessage
	if err := json.Unmarshal(raw, &document); err != nil {
		return User{}, Refusal{Code: "invalid_json", Reason: "The file is no whole JSON object; it may be half written."}
	}
	id, refusal := userOf(path, document, known)
	if refusal.Code != "" {
		return User{}, refusal
	}
	var steps []json.RawMessage
	if err := json.Unmarshal(document["steps"], &steps); err != nil {
		return User{}, Refusal{Code: "no_progress", Reason: "The file has no list of steps."}
	}
	user := User{ID: id, Rows: []Row{{Sessions, map[string]string{"user_id": id}}}}
	for _, raw := range steps {
		var s step
		if err := json.Unmarshal(raw, &s); err != nil {
			user.Rows = append(user.Rows, Row{Sessions, map[string]string{"broken": "A step is not readable."}})
			continue
		}
		if s.Status == "skipped" {
			user.Skipped = append(user.Skipped, s.Number)
		}
		user.Rows = append(user.Rows, s.rows()...)
	}
	return user, Refusal{}
}

// userOf returns the user of a file: whom it names, or whose id makes its name. Ids that have the same characters
// replaced make the same name.
func userOf(path string, document map[string]json.RawMessage, known map[string][]string) (string, Refusal) {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), progressPrefix), ".json")
	name = strings.TrimPrefix(name, "_")
	if named := text(first(document, "user_id", "userId", "clerk_user_id")); isUserID(named) {
		return named, Refusal{}
	}
	switch users := known[name]; {
	case len(users) == 1:
		return users[0], Refusal{}
	case len(users) > 1:
		return "", Refusal{Code: "ambiguous_file", Reason: "The name of the file may be that of several users."}
	case !isUserID(name):
		return "", Refusal{Code: "no_user", Reason: "Neither the file nor its name says whose it is."}
	}
	return name, Refusal{}
}

// rows returns what the data of a step would have been in the tables of the database. Names are spelled in both ways.
func (s step) rows() []Row {
	if len(s.Data) == 0 {
		return nil
	}
	var at string
	if s.CompletedAt != nil {
		at = *s.CompletedAt
	}
	row := func(table string, columns map[string]json.RawMessage) Row {
		r := Row{table, map[string]string{"completed_at": at}}
		for name, raw := range columns {
			if value := string(raw); value != "" {
				r.Columns[name] = value
			}
		}
		return r
	}
	switch s.Number {
	case 1:
		return s.keys(at)
	case 2:
		return s.website(row)
	case 3:
		r := row(Preferences, map[string]json.RawMessage{
			"content_types":   first(s.Data, "content_types", "contentTypes"),
			"auto_research":   first(s.Data, "auto_research", "autoResearch"),
			"factual_content": first(s.Data, "factual_content", "factualContent"), "findings": encode(s.Data),
		})
		if depth := first(s.Data, "research_depth", "researchDepth"); depth != nil {
			r.Columns["research_depth"] = textOrJSON(depth)
		}
		return []Row{r}
	case 4:
		return []Row{row(Personas, map[string]json.RawMessage{
			"core_persona":       first(s.Data, "corePersona", "core_persona"),
			"platform_personas":  first(s.Data, "platformPersonas", "platform_personas"),
			"quality_metrics":    first(s.Data, "qualityMetrics", "quality_metrics"),
			"selected_platforms": first(s.Data, "selectedPlatforms", "selected_platforms"),
		})}
	case 5:
		return []Row{row(Integrations, map[string]json.RawMessage{"data": encode(s.Data)})}
	}
	return nil
}

// keys are the API keys of step 1, as texts or as objects.
func (s step) keys(at string) []Row {
	var keys map[string]json.RawMessage
	if json.Unmarshal(first(s.Data, "api_keys", "apiKeys"), &keys) != nil {
		return nil
	}
	var rows []Row
	for _, provider := range slices.Sorted(maps.Keys(keys)) {
		var object map[string]json.RawMessage
		key := text(keys[provider])
		if json.Unmarshal(keys[provider], &object) == nil {
			key = text(first(object, "api_key", "apiKey", "key"))
		}
		if key != "" {
			rows = append(rows, Row{Keys, map[string]string{"provider": provider, "key": key, "completed_at": at}})
		}
	}
	return rows
}

// website is the analysis of step 2, nested or flat, and what the user says of the business.
func (s step) website(row func(string, map[string]json.RawMessage) Row) []Row {
	analysis := first(s.Data, "analysis", "websiteAnalysis", "website_analysis")
	if !strings.HasPrefix(strings.TrimSpace(string(analysis)), "{") {
		analysis = encode(s.Data)
	}
	r := row(Analyses, map[string]json.RawMessage{"analysis": analysis})
	r.Columns["website_url"] = text(first(s.Data, "website", "website_url", "websiteUrl"))
	r.Columns["status"] = text(first(s.Data, "status"))
	rows := []Row{r}
	var business map[string]json.RawMessage
	if json.Unmarshal(first(s.Data, "businessData", "business_data"), &business) == nil && len(business) > 0 {
		b := row(Business, nil)
		for _, name := range []string{"business_description", "industry", "target_audience", "business_goals"} {
			b.Columns[name] = text(first(business, name))
		}
		rows = append(rows, b)
	}
	return rows
}

// first returns the first of the fields that is there and not null.
func first(object map[string]json.RawMessage, names ...string) json.RawMessage {
	for _, name := range names {
		if raw := object[name]; len(raw) > 0 && string(raw) != "null" {
			return raw
		}
	}
	return nil
}

// text returns a text, "" for anything else.
func text(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return s
}

// textOrJSON returns a text, or anything else as its JSON.
func textOrJSON(raw json.RawMessage) string {
	if s, err := strconv.Unquote(string(raw)); err == nil {
		return s
	}
	return string(raw)
}

// encode returns the JSON of what was decoded from JSON, which can't fail.
func encode(object map[string]json.RawMessage) json.RawMessage {
	raw, _ := json.Marshal(object)
	return raw
}
