package style

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// uncoveredTopics are the topics of the other pages that no post is about.
func (e *evidence) uncoveredTopics() []onboarding.Topic {
	var out []onboarding.Topic
	for _, topic := range e.m.Topics {
		covered := false
		for i, p := range e.pages {
			if e.kinds[i] != "post" {
				continue
			}
			names := p.Title
			for _, h := range p.Headings {
				names += " | " + h.Text
			}
			covered = covered || containsPhrase(singularAll(names, e.c), singularAll(topic.Name, e.c))
		}
		if !covered {
			out = append(out, topic)
		}
	}
	return out
}

// singularAll folds the plural of every word.
func singularAll(text string, c *corpus) string {
	var parts []string
	for _, w := range splitWords(text, false) {
		parts = append(parts, singular(w.lower, c.lang.Code))
	}
	return strings.Join(parts, " ")
}

// postRhythm is the median number of days between dated posts, 0 for fewer than
// three of them.
func (e *evidence) postRhythm() int {
	var dates []time.Time
	for i, p := range e.pages {
		if e.kinds[i] != "post" {
			continue
		}
		if date, ok := publishedAt(p); ok {
			dates = append(dates, date)
		}
	}
	if len(dates) < 3 {
		return 0
	}
	slices.SortFunc(dates, time.Time.Compare)
	var gaps []int
	for i := 1; i < len(dates); i++ {
		gaps = append(gaps, int(dates[i].Sub(dates[i-1]).Hours()/24))
	}
	slices.Sort(gaps)
	return int(percentile(gaps, 50))
}

// publishedAt reads the date of a post from its structured data or meta tags.
func publishedAt(p onboarding.Page) (time.Time, bool) {
	values := []string{p.OpenGraph["article:published_time"], p.Meta["article:published_time"], p.Meta["date"]}
	for _, raw := range p.JSONLD {
		var object struct {
			Published any `json:"datePublished"`
		}
		if json.Unmarshal(raw, &object) == nil {
			values = append(values, scalar(object.Published))
		}
	}
	for _, v := range values {
		if len(v) >= 10 {
			if date, err := time.Parse(time.DateOnly, v[:10]); err == nil {
				return date, true
			}
		}
	}
	return time.Time{}, false
}
