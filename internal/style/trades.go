package style

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/naming"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

const (
	// The weights of an occurrence: on the start page's title, description and main
	// headings, in those of other pages, in the text, and in the text of a post.
	startWeight, titleWeight, textWeight, postWeight = 4, 2, 1, 0.3
	// maxTermScore bounds what one word adds, so that several words make a trade.
	maxTermScore = 5
	// typeScore is what the declared type of the business adds.
	typeScore = 5
	// minTradeScore is the least score of a trade, leadOverNext how far it must lead.
	minTradeScore, leadOverNext = 4, 1.05
)

// tradeScore is the evidence for one industry.
type tradeScore struct {
	name  string
	score float64
	// terms are the words found, with their weighted counts.
	terms map[string]float64
	// declared is the schema.org type that stands for it, or "".
	declared string
}

// words are the terms that count most, for the evidence of the value.
func (t tradeScore) words() string {
	list := textstat.SortedKeys(t.terms)
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(t.terms[b], t.terms[a]) })
	return strings.Join(wording.First(list, 5), ", ")
}

// industry returns what the user stated, else the trade whose words lead in the titles,
// headings and texts of the pages, the type in the structured data counting as one more
// word.
func industry(e *evidence) onboarding.Judged {
	if stated := e.source().Industry; stated != "" {
		return givenByUser(stated)
	}
	scores := e.tradeScores()
	if len(scores) == 0 {
		return none
	}
	best, next := scores[0], 0.0
	if len(scores) > 1 {
		next = scores[1].score
	}
	hasList := e.a.trades[textstat.RulesOf(e.c.Lang)] != nil
	switch {
	case best.declared != "" && (len(best.terms) == 0 || !hasList):
		if hasList && best.score < leadOverNext*next {
			return none
		}
		return judged(best.name, "structured data of type %s", best.declared)
	case best.score < minTradeScore || len(best.terms) < 2 || best.score < leadOverNext*next:
		return none
	}
	detail := "words used: " + best.words()
	if best.declared != "" {
		detail += fmt.Sprintf("; structured data of type %s", best.declared)
	}
	return judged(best.name, "%s", detail)
}

// tradeScores are the industries with evidence, the best first.
func (e *evidence) tradeScores() []tradeScore {
	byName := map[string]*tradeScore{}
	at := func(name string) *tradeScore {
		if byName[name] == nil {
			byName[name] = &tradeScore{name: name, terms: map[string]float64{}}
		}
		return byName[name]
	}
	if list := e.a.trades[textstat.RulesOf(e.c.Lang)]; list != nil {
		e.countTrades(list, at)
	}
	for _, object := range e.data(true) {
		for _, t := range pagetype.Names(object["@type"]) {
			// Every industry has stores.
			if name := e.a.lists.schema[t]; name != "" && t != "store" && at(name).declared == "" {
				at(name).declared = t
				at(name).score += typeScore
			}
		}
	}
	var out []tradeScore
	for _, name := range textstat.SortedKeys(byName) {
		t := *byName[name]
		for _, term := range textstat.SortedKeys(t.terms) {
			t.score += min(math.Sqrt(t.terms[term]), maxTermScore)
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b tradeScore) int { return cmp.Compare(b.score, a.score) })
	return out
}

// countTrades adds the weighted occurrences of the trades' words in the names, titles,
// headings and texts of the pages in the main language, legal pages aside.
func (e *evidence) countTrades(list *textstat.Stems, at func(string) *tradeScore) {
	count := func(words []textstat.Word, weight float64) {
		list.Find(words, func(section int, text string) { at(list.Names[section]).terms[text] += weight })
	}
	for i, p := range e.pages {
		if _, left := e.foreign[i]; left || e.kinds[i] == "legal" {
			continue
		}
		weight := float64(titleWeight)
		if e.kinds[i] == "home" || !e.isSite() {
			weight = startWeight
		}
		count(e.c.Split(p.Title), weight)
		count(e.c.Split(p.Description), weight)
		for j, h := range p.Headings {
			if weight == startWeight && (j > naming.MaxSloganHeadings || h.Level > 2) {
				weight = titleWeight
			}
			count(e.c.Split(h.Text), weight)
		}
	}
	if name := e.brandName(); name != "" {
		count(e.c.Split(name), startWeight)
	}
	for _, ch := range e.c.Chunks {
		kind := e.kindAt(ch.Page)
		switch {
		case ch.Kind == onboarding.BlockHeading || kind == "legal":
		case kind == "post":
			count(ch.Words, postWeight)
		default:
			count(ch.Words, textWeight)
		}
	}
}
