package style

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// evidence is the input of the rules: the digest of a site, its split text and the
// measurements.
type evidence struct {
	site  onboarding.Site
	pages []onboarding.Page
	// kinds are the page types, by page.
	kinds []string
	// words counts the words of each page, measured or not.
	words []int
	// foreign holds the languages of the pages that are not in the main one.
	foreign map[int]string
	// latinOn are the pages with placeholder text, which is not measured.
	latinOn map[int]bool
	c       *textstat.Corpus
	m       onboarding.Measurements
	a       *Analyzer
	// actions are the calls to action in use, most important first.
	actions []action
	// findings are the results of the checks of how well the site is made.
	findings []finding
}

// isSite reports whether the pages are those of a website, not a text from the user.
func (e *evidence) isSite() bool { return e.site.URL != "" }

// measureSite measures the pages of a website beyond their text.
func (e *evidence) measureSite() {
	v := onboarding.Visuals{}
	for _, p := range e.pages {
		v.Images += len(p.Images)
		v.Videos += p.Structure.Videos
		v.Tables += p.Structure.Tables
		for _, image := range p.Images {
			v.Described += textstat.BoolToInt(strings.TrimSpace(image.Alt) != "")
		}
	}
	e.m.Visuals = &v
	if days := e.postRhythm(); days > 0 {
		e.m.PostIntervalDays = &days
	}
	e.markUncovered()
}

// subject is the word for what was analysed: site or text.
func (e *evidence) subject() string {
	if e.isSite() {
		return "site"
	}
	return "text"
}

// set is a word list of the text's language, ready to search.
func (e *evidence) set(name string) textstat.PhraseSet {
	return e.c.Phrases(name)
}

// brandName is the name that most pages give the owner, or "".
func (e *evidence) brandName() string { return brandName(e.pages) }

// tagline is the slogan of the start page, or "".
func (e *evidence) tagline() string { return e.a.names.Tagline(e.pages) }

func brandName(pages []onboarding.Page) string {
	t := textstat.NewTally()
	for i, p := range pages {
		if p.Brand.Name != "" {
			t.Add(p.Brand.Name, i)
		}
	}
	if top := t.Top(1, 1); len(top) > 0 {
		return top[0].Text
	}
	return ""
}

// brandWords are the words of the brand's names, which are not keywords, except those
// that the text also uses as ordinary words ("bike" in "Bristol Bikes") and those of the
// trade ("Gebäudereinigung"; trade may be nil).
func brandWords(pages []onboarding.Page, ordinary textstat.WordSet, trade *textstat.Stems) textstat.WordSet {
	set := textstat.WordSet{}
	for _, p := range pages {
		for _, w := range textstat.SplitWords(p.Brand.Name, false) {
			ofTrade := false
			if trade != nil {
				trade.Find([]textstat.Word{w}, func(int, string) { ofTrade = true })
			}
			if !ordinary[w.Lower] && !ofTrade {
				set[w.Lower] = true
			}
		}
	}
	return set
}

// brandNames are the names that the pages give their owner, in lower case.
func brandNames(pages []onboarding.Page) textstat.WordSet {
	set := textstat.WordSet{}
	for _, p := range pages {
		set[textstat.JoinWords(textstat.SplitWords(p.Brand.Name, false))] = true
	}
	return set
}

// hit is a sentence with the phrases of a list that it shows.
type hit struct {
	textstat.Sentence
	phrases []string
}

// quotes returns the sentences with phrases of the list, those with most different
// ones first, without the placeholder text of templates.
func (e *evidence) quotes(list string) []hit {
	set := e.set(list)
	return e.sentencesWith(func(s textstat.Sentence) []string { return set.Find(s.Words) })
}

// sentencesWith is quotes with the phrases that find returns.
func (e *evidence) sentencesWith(find func(textstat.Sentence) []string) []hit {
	var hits []hit
	for _, s := range e.c.Sentences {
		found := find(s)
		if len(found) == 0 || len(e.a.filler.Find(s.Words)) > 0 {
			continue
		}
		slices.Sort(found)
		hits = append(hits, hit{Sentence: s, phrases: slices.Compact(found)})
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(len(b.phrases), len(a.phrases)) })
	return hits
}

// maxQuotes is how many sentences a list quotes.
const maxQuotes = 5

// quoted returns the sentences of the first hits in quotation marks.
func quoted(hits []hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, quote(h.Text))
	}
	return textstat.FirstDistinct(out, maxQuotes)
}

// quote puts an excerpt in quotation marks. It drops marks around all of it and makes
// those inside single.
func quote(text string) string {
	const marks = "“”\"„«»"
	inner := textstat.Excerpt(text)
	if bare := strings.Trim(inner, marks+" "); !strings.ContainsAny(bare, marks) {
		inner = bare
	}
	return "“" + strings.NewReplacer("“", "‘", "”", "’", "\"", "'").Replace(inner) + "”"
}

// mentions are the occurrences of a list's phrases in prose and titles.
type mentions struct {
	// label says what the list stands for.
	label string
	total int
	// phrases are those found with their counts, most frequent first.
	phrases []string
}

// words are the first four of the phrases, for the evidence of a value.
func (m mentions) words() string { return strings.Join(wording.First(m.phrases, 4), ", ") }

func (e *evidence) mentionsOf(label string, set textstat.PhraseSet) mentions {
	return e.mentionsBut(nil, label, set)
}

// mentionsBut counts the phrases of a list, those in but left out.
func (e *evidence) mentionsBut(but []string, label string, set textstat.PhraseSet) mentions {
	t := textstat.NewTally()
	for _, ch := range e.c.Chunks {
		for _, phrase := range set.Find(ch.Words) {
			if !slices.Contains(but, phrase) {
				t.Add(phrase, ch.Page)
			}
		}
	}
	m := mentions{label: label}
	for _, term := range t.Top(len(t.Count), 1) {
		m.total += term.Count
		m.phrases = append(m.phrases, fmt.Sprintf("%s %d", term.Text, term.Count))
	}
	return m
}

// leading returns the two lists with most mentions.
func leading(all []mentions) (best, next mentions) {
	slices.SortStableFunc(all, func(a, b mentions) int { return cmp.Compare(b.total, a.total) })
	return all[0], all[1]
}

// wordsIn sums the words of the pages of the given types.
func (e *evidence) wordsIn(kinds ...string) int {
	n := 0
	for i, kind := range e.kinds {
		if slices.Contains(kinds, kind) {
			n += e.words[i]
		}
	}
	return n
}

// shareOf is a number of words as a share of those of all pages.
func (e *evidence) shareOf(words int) float64 {
	total := 0
	for _, n := range e.words {
		total += n
	}
	return float64(words) / float64(max(total, 1))
}

// isWhole reports whether all of page i was measured: it is in the main language and
// not cut.
func (e *evidence) isWhole(i int) bool {
	_, left := e.foreign[i]
	return !left && !e.c.Cut[i]
}

// pagesIn counts the pages of the given types.
func (e *evidence) pagesIn(kinds ...string) int {
	n := 0
	for _, kind := range e.kinds {
		if slices.Contains(kinds, kind) {
			n++
		}
	}
	return n
}

// keywordTexts are the best n keywords.
func (e *evidence) keywordTexts(n int) []string {
	var out []string
	for _, k := range wording.First(e.m.Keywords, n) {
		out = append(out, k.Text)
	}
	return out
}

// termTexts are the texts of the first n terms.
func termTexts(terms []onboarding.Term, n int) []string {
	var out []string
	for _, t := range wording.First(terms, n) {
		out = append(out, t.Text)
	}
	return out
}
