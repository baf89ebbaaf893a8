package style

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/naming"
	"github.com/alwrity/onboarding/internal/textstat"
)

const (
	maxAudience = 12
	// addressReach is how many words may stand between a word such as "for" and a group.
	addressReach = 2
	// The weights of a mention: of a group that is addressed, one in a title, description
	// or heading of the start page, and any other. A group must be worth minAudience and be
	// addressed or named in a title once.
	addressedWeight, titledWeight, plainWeight, minAudience = 2, 2, 0.25, 2
	// minOffers is from how many words about the business its posts say nothing of whom it serves.
	minOffers = 300
	// minPlace is the same for a place, which texts also name as a purpose ("for schools").
	minPlace = 6
)

// audienceLists are the words for groups of people in one language, see audience.txt.
type audienceLists struct {
	people, addressing *textstat.Stems
	modifiers, places  textstat.WordSet
}

// newAudienceLists reads the lists of each language, whose sections are named
// "kind code".
func newAudienceLists(sections []textstat.Section) map[string]*audienceLists {
	all := map[string]*audienceLists{}
	places := textstat.WordSet{}
	for _, s := range sections {
		kind, code, found := strings.Cut(s.Name, " ")
		if !found {
			places = textstat.NewWordSet(s.Terms)
			continue
		}
		if all[code] == nil {
			all[code] = &audienceLists{}
		}
		switch kind {
		case "people":
			all[code].people = textstat.NewStems([]textstat.Section{s}, textstat.Elides(code))
		case "for":
			all[code].addressing = textstat.NewStems([]textstat.Section{s}, textstat.Elides(code))
		case "modifiers":
			all[code].modifiers = textstat.NewWordSet(s.Terms)
		}
	}
	for _, lists := range all {
		lists.places = places
	}
	return all
}

// group is a mention of people from word at to before end.
type group struct {
	name      string
	at, end   int
	addressed bool
	// own says that it is called the reader's ("your company").
	own bool
}

// readersOwn are the words for "your" before a group.
var readersOwn = textstat.NewWordSet(strings.Fields("your ihr ihre ihrem ihren ihrer ihres euer eure votre vos " +
	"ton tes tu tus su sus tua tuo vostra vostro sua seu suas seus"))

// audience ranks the groups that the site says it serves: those behind words such as
// "for", and those in titles and descriptions. Who only occurs in the text (schools near
// a house) is none. Legal pages, what customers say and, beside offers, posts don't count.
func (e *evidence) audience() []onboarding.Term {
	lists := e.a.audiences[textstat.RulesOf(e.c.Lang)]
	if lists == nil {
		return []onboarding.Term{}
	}
	t, score, named := textstat.NewTally(), map[string]float64{}, textstat.WordSet{}
	written, owned := map[string]string{}, textstat.WordSet{}
	count := func(words []textstat.Word, page int, titled bool) {
		for _, g := range lists.groups(words, textstat.RulesOf(e.c.Lang)) {
			t.Add(g.name, page)
			written[g.name] = cmp.Or(written[g.name], textstat.JoinWritten(words[g.at:g.end]))
			if lists.places[g.name] && g.own {
				owned[g.name] = true
			}
			titled := titled && (g.own || !lists.places[g.name])
			switch {
			case titled:
				score[g.name] += titledWeight
			case g.addressed:
				score[g.name] += addressedWeight
			default:
				score[g.name] += plainWeight
			}
			named[g.name] = named[g.name] || titled || g.addressed
		}
	}
	e.eachOffer(count)
	var out []onboarding.Term
	for _, term := range t.Top(len(t.Count), 1) {
		least := float64(minAudience)
		if lists.places[term.Text] && !owned[term.Text] {
			least = minPlace
		}
		// A name that is the site's is the business itself.
		itself := strings.Contains(naming.Key(e.brandName()), naming.Key(term.Text))
		if named[term.Text] && score[term.Text] >= least && !itself {
			out = append(out, term)
		}
	}
	slices.SortStableFunc(out, func(a, b onboarding.Term) int { return cmp.Compare(score[b.Text], score[a.Text]) })
	out = withoutParts(out)
	for i := range out {
		if textstat.RulesOf(e.c.Lang) == "de" { // nouns keep their capital
			out[i].Text = written[out[i].Text]
		}
	}
	return append([]onboarding.Term{}, out[:min(len(out), maxAudience)]...)
}

// withoutParts drops the groups whose words a better one holds ("families" beside
// "busy families" stays where it is the better one).
func withoutParts(terms []onboarding.Term) []onboarding.Term {
	var out []onboarding.Term
	for _, term := range terms {
		if !slices.ContainsFunc(out, func(better onboarding.Term) bool {
			return strings.Contains(" "+better.Text+" ", " "+term.Text+" ") || sameButEnd(better.Text, term.Text)
		}) {
			out = append(out, term)
		}
	}
	return out
}

// sameButEnd reports whether two words differ in up to two letters at the end: forms of
// one word.
func sameButEnd(a, b string) bool {
	x, y := []rune(a), []rune(b)
	n := min(len(x), len(y))
	return n > 5 && max(len(x), len(y))-n <= 2 && string(x[:n-1]) == string(y[:n-1])
}

// eachOffer calls count with the titles, descriptions and blocks of the pages that speak
// to the site's audience.
func (e *evidence) eachOffer(count func(words []textstat.Word, page int, titled bool)) {
	skip := func(kind string) bool {
		posts := kind == "post" && e.wordsIn("home", "services", "products", "about") >= minOffers
		return kind == "legal" || kind == "testimonials" || posts
	}
	seen := map[string]bool{}
	once := func(text string) []textstat.Word {
		if seen[text] {
			return nil
		}
		seen[text] = true
		return e.c.Split(text)
	}
	for i, p := range e.pages {
		if _, left := e.foreign[i]; left || skip(e.kinds[i]) {
			continue
		}
		count(once(p.Title), i, true)
		count(once(p.Description), i, true)
		for j, h := range p.Headings {
			if e.kinds[i] == "home" && j < naming.MaxSloganHeadings {
				count(once(h.Text), i, true)
			}
		}
	}
	for _, ch := range e.c.Chunks {
		if !skip(e.kindAt(ch.Page)) && ch.Kind != onboarding.BlockQuote {
			count(once(ch.Text), ch.Page, false)
		}
	}
}

// groups finds the groups of people in words. "For women, children and infants"
// addresses all three.
func (l *audienceLists) groups(words []textstat.Word, code string) []group {
	addressing := map[int]bool{}
	l.addressing.FindAt(words, func(_, at, end int) { addressing[end-1] = true })
	var found []group
	l.people.FindAt(words, func(_, at, end int) {
		if len(found) > 0 && at < found[len(found)-1].end {
			return
		}
		first, last := at, end
		behind := code != "en" && code != "de"
		for first > 0 && first > at-2 && l.modifiers[words[first-1].Lower] {
			first--
		}
		for behind && last < len(words) && last < end+2 && l.modifiers[words[last].Lower] && words[last-1].Lower != "e" {
			last++
		}
		own := readersOwn[words[first].Lower] && last > first+1
		if own {
			first++
		}
		g := group{own: own, name: strings.ReplaceAll(textstat.JoinWords(words[first:last]), "' ", "'"), at: first, end: last}
		for i := first - 1; i >= max(0, first-1-addressReach) && !g.addressed; i-- {
			g.addressed = addressing[i]
		}
		if n := len(found); n > 0 && found[n-1].addressed && first-found[n-1].end <= 2 {
			g.addressed = true
		}
		found = append(found, g)
	})
	return found
}
