package style

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// coveringMentions is how often a post must name a topic to be about it, and a site
// for it to deserve one.
const coveringMentions = 3

// uncoveredTopics are the topics that no post is about: none that was read names it
// in its title or headings or three times, and the address or link text of none
// that was not read names it.
func (e *evidence) uncoveredTopics() []onboarding.Topic {
	linked := e.linkedPosts()
	var out []onboarding.Topic
	for _, topic := range e.m.Topics {
		if !e.isMain(topic) {
			continue
		}
		name := singularAll(topic.Name, e.c)
		if !containsPhrase(linked, name) && !e.inPosts(name) {
			out = append(out, topic)
		}
	}
	return out
}

// isMain tells whether the topic's name occurs often enough to suggest a post.
func (e *evidence) isMain(topic onboarding.Topic) bool {
	return slices.ContainsFunc(e.m.Keywords, func(k onboarding.Keyword) bool {
		return k.Text == topic.Name && k.Count+k.InTitles >= coveringMentions
	})
}

// linkedPosts joins the addresses and link texts of all known posts.
func (e *evidence) linkedPosts() string {
	var texts []string
	for _, address := range e.site.Known {
		if e.a.addressType(address) == "post" {
			texts = append(texts, strings.Join(pathSegments(address), " | "))
		}
	}
	for _, p := range e.pages {
		for _, l := range p.Links {
			if sameHost(l.Href, p.URL) && e.a.addressType(l.Href) == "post" {
				texts = append(texts, l.Text)
			}
		}
	}
	return singularAll(strings.Join(texts, " | "), e.c)
}

// inPosts tells whether a post that was read is about the topic.
func (e *evidence) inPosts(name string) bool {
	for i, p := range e.pages {
		if e.kinds[i] != "post" {
			continue
		}
		titles := p.Title
		for _, h := range p.Headings {
			titles += " | " + h.Text
		}
		text := " " + singularAll(p.Text(), e.c) + " "
		if containsPhrase(singularAll(titles, e.c), name) || strings.Count(text, " "+name+" ") >= coveringMentions {
			return true
		}
	}
	return false
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
