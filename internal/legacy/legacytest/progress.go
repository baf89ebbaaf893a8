package legacytest

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// JSON makes the older files, one for each user.
func JSON(folder string, from, n int) (Store, error) {
	s := Store{From: folder}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // as the former back end does
		return s, err
	}
	users := usersOf(jsonCases, from, n)
	put := func(name string, content []byte) error {
		return os.WriteFile(filepath.Join(folder, ".onboarding_progress"+name+".json"), content, 0o600)
	}
	for i := range users {
		content, err := json.MarshalIndent(progressOf(&users[i], i%2 == 1), "", "  ")
		if err == nil {
			err = put("_"+strings.NewReplacer(".", "_").Replace(users[i].id), content)
		}
		if err != nil {
			return s, err
		}
		if i == 0 { // half written
			err = put("_user_half", content[:len(content)/2])
		}
		if err != nil {
			return s, err
		}
	}
	s.Wants, s.Nobodys = wants(users), 4
	for name, content := range map[string]string{"": `{"steps": []}`, "_user_none": "", "_user_list": "[]"} {
		if err := put(name, []byte(content)); err != nil {
			return s, err
		}
	}
	return s, nil
}

// progressOf is the document of a user, with names in one spelling or the other.
func progressOf(u *user, snake bool) object {
	u.count(1, 1, 0, 0) // the file
	w := progressWriter{user: u, snake: snake, steps: make([]object, 6)}
	for i := range w.steps {
		w.steps[i] = object{
			"step_number": i + 1, "title": "", "description": "", "status": "pending", "completed_at": nil, "data": nil,
			"validation_errors": []any{},
		}
	}
	w.keys()
	w.website()
	w.research()
	w.personas()
	if u.integrations != nil {
		u.want.Integrations, u.want.Statuses[4] = u.integrations, completed
		u.count(1, 1, 0, 0)
		w.set(5, u.integrations)
	}
	for _, n := range u.skipped {
		w.steps[n-1]["status"] = "skipped"
	}
	return object{
		"steps": w.steps, "current_step": 6, "started_at": "2025-10-01T10:00:00", "last_updated": "2025-10-01T10:00:00",
		"is_completed": true, "completed_at": "2025-10-01T10:00:00",
	}
}

type progressWriter struct {
	*user

	snake bool
	steps []object
}

// set writes the data of a step. In one spelling the files say when it was completed, in the other in no time zone.
func (w *progressWriter) set(n int, data object) {
	step, want := w.steps[n-1], &w.want
	step["status"], step["data"], step["completed_at"] = "completed", data, "2025-10-02T10:00:00"
	if want.Statuses[n-1] == completed && n != 1 && !w.snake {
		step["completed_at"] = "2025-10-02T10:00:00+02:00"
		if want.Completed == nil {
			want.Completed = map[int]string{}
		}
		want.Completed[n] = "2025-10-02T08:00:00Z"
	}
}

func (w *progressWriter) keys() {
	keys := object{}
	for _, k := range w.user.keys {
		if keys[k.provider] = k.value; k.value == "" {
			w.count(-1, 0, -1, 0) // no row
		}
	}
	if len(keys) > 0 {
		w.set(1, object{"api_keys": keys})
	}
}

func (w *progressWriter) website() {
	for _, a := range w.analyses {
		data := object{"website": a.website, "analysis": a.document, "useAnalysisForGenAI": true}
		if w.snake {
			data = maps.Clone(flat(a.document))
			data["website_url"] = a.website
		}
		if w.business != "" {
			data["businessData"] = object{"business_description": w.business}
			w.count(1, 1, 0, 0)
		}
		w.set(2, data)
	}
}

func (w *progressWriter) research() {
	for _, r := range w.user.research {
		data := object{"research_depth": r.depth, "content_types": r.types, "auto_research": true, "factual_content": false}
		if w.competitors != nil {
			list := make([]any, len(w.competitors))
			for i, c := range w.competitors {
				list[i] = c
			}
			data["competitors"], w.want.Research["competitors"] = list, list
		}
		w.set(3, data)
	}
}

func (w *progressWriter) personas() {
	names := []string{"corePersona", "platformPersonas", "qualityMetrics", "selectedPlatforms"}
	if w.snake {
		names = []string{"core_persona", "platform_personas", "quality_metrics", "selected_platforms"}
	}
	for _, p := range w.user.personas {
		w.set(4, object{names[0]: p.core, names[1]: p.platforms, names[2]: p.quality, names[3]: p.selected})
	}
}
