package style

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
)

const (
	// coveringMentions is how often the text of a post must name a topic to cover it.
	coveringMentions = 2
	// minTopicMentions is how often the site must name a topic for it to deserve a post.
	minTopicMentions = 3
)

// markUncovered marks the topics that no post covers: no post that was read names it in
// its title, description or headings, or twice in its text, and no other post names it
// in its address or link text. It marks none where no post was read, nor the subject
// of the whole site.
func (e *evidence) markUncovered() {
	if e.pagesIn("post") == 0 {
		return
	}
	linked := e.linkedPosts()
	for i, topic := range e.m.Topics {
		name := singularAll(topic.Name, e.c)
		e.m.Topics[i].Uncovered = e.deservesPost(topic) && countMentions(linked, name) == 0 && !e.inPosts(name)
	}
}

// uncoveredTopics are the topics that markUncovered marked.
func (e *evidence) uncoveredTopics() []onboarding.Topic {
	return slices.DeleteFunc(slices.Clone(e.m.Topics), func(t onboarding.Topic) bool { return !t.Uncovered })
}

// deservesPost reports whether the topic's name occurs often enough to suggest a post
// and is not what the whole site is about.
func (e *evidence) deservesPost(topic onboarding.Topic) bool {
	i := slices.IndexFunc(e.m.Keywords, func(k onboarding.Keyword) bool { return k.Text == topic.Name })
	return i >= 0 && e.m.Keywords[i].Count >= minTopicMentions && !e.isSubject(i)
}

// isSubject reports whether the whole site is about keyword i: it is the best one, or
// two thirds of the measured pages show it. A repair shop needs no post or page on “repair”.
func (e *evidence) isSubject(i int) bool {
	return i == 0 || 3*e.m.Keywords[i].Pages >= 2*e.m.Pages
}

// linkedPosts joins the addresses and link texts of all known posts.
func (e *evidence) linkedPosts() string {
	var texts []string
	for _, address := range e.site.Known {
		if e.a.types.OfAddress(address) == "post" {
			texts = append(texts, strings.Join(pagetype.Segments(address), " | "))
		}
	}
	for _, p := range e.pages {
		for _, l := range p.Links {
			if pagetype.SameHost(l.Href, p.URL) && e.a.types.OfAddress(l.Href) == "post" {
				texts = append(texts, l.Text)
			}
		}
	}
	return singularAll(strings.Join(texts, " | "), e.c)
}

// inPosts reports whether a post that was read covers the topic.
func (e *evidence) inPosts(name string) bool {
	for i, p := range e.pages {
		if e.kinds[i] != "post" {
			continue
		}
		titles := p.Title + " | " + p.Description
		for _, h := range p.Headings {
			titles += " | " + h.Text
		}
		if countMentions(singularAll(titles, e.c), name) > 0 ||
			countMentions(singularAll(p.Text(), e.c), name) >= coveringMentions {
			return true
		}
	}
	return false
}

// singularAll makes every word singular; the parts of compounds become words.
func singularAll(text string, c *textstat.Corpus) string {
	var parts []string
	for _, w := range c.Split(strings.ReplaceAll(text, "-", " ")) {
		parts = append(parts, textstat.Singular(w.Lower, c.Rules))
	}
	return strings.Join(parts, " ")
}

// countMentions counts the phrase in a text, both as singularAll returns them. Longer
// forms of its last word count too: “repaired” is about “repair”.
func countMentions(text, phrase string) int {
	const longestEnding = 3
	n := 0
	for rest := " " + text + " "; ; {
		i := strings.Index(rest, " "+phrase)
		if i < 0 {
			return n
		}
		rest = rest[i+1+len(phrase):]
		if ending := strings.IndexByte(rest, ' '); ending == 0 || ending <= longestEnding && len(phrase) >= 4 {
			n++
		}
	}
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
	return int(textstat.Percentile(gaps, 50))
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
