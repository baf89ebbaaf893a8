package style

import (
	"strings"

	"github.com/alwrity/onboarding/internal/wording"
)

func (e *evidence) collect(pick func(finding) string) []string {
	var out wording.Sentences
	for _, f := range e.findings {
		out.Add(pick(f) != "", "%s", pick(f))
	}
	return out
}

func strengths(e *evidence) []string { return e.collect(func(f finding) string { return f.strength }) }

func weaknesses(e *evidence) []string { return e.collect(func(f finding) string { return f.weakness }) }

func improvements(e *evidence) []string { return e.collect(func(f finding) string { return f.fix }) }

func bestPractices(e *evidence) []string { return e.collect(func(f finding) string { return f.keep }) }

// opportunities are keywords that no title names, and topics that no post covers.
func opportunities(e *evidence) []string {
	if len(e.pages) < 2 {
		return nil
	}
	var out wording.Sentences
	for i, k := range wording.First(e.m.Keywords, 12) {
		least := 5 // a single word may be a matter of style
		if strings.Contains(k.Text, " ") {
			least = 3
		}
		out.Add(k.InTitles == 0 && k.Count >= least && !e.isSubject(i) && len(out) < 3,
			"“%s” occurs %d times on %s but in no title or heading: give it a page.", k.Text, k.Count,
			wording.Plural(k.Pages, "page"))
	}
	for _, topic := range e.uncoveredTopics() {
		out.Add(len(out) < 5, "No post that was read is about “%s”, a topic of the site (%s of the text blocks).",
			topic.Name, wording.Percent(topic.Share))
	}
	return out
}

// contentGaps are the page types that such a site usually has and this one lacks.
func contentGaps(e *evidence) []string { return e.m.PageTypes.Gaps() }
