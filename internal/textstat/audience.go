package textstat

import "github.com/alwrity/onboarding/internal/onboarding"

const (
	maxAudience = 12
	// minAudience is the least number of mentions of a group; one is enough in a title
	// or after "for".
	minAudience = 2
)

// audience counts the groups of people that English text names, with their
// modifiers ("small business owners").
func audience(c *Corpus, titles []Title) []onboarding.Term {
	if c.Rules != English {
		return []onboarding.Term{}
	}
	people := NewPhraseSet(c.Lex["people"])
	t := NewTally()
	addressed := map[string]bool{}
	for _, ch := range c.Chunks {
		if ch.Kind == onboarding.BlockHeading {
			continue
		}
		for _, group := range groups(ch.Words, c.Lex, people) {
			t.Add(group.name, ch.Page)
			addressed[group.name] = addressed[group.name] || group.addressed
		}
	}
	for _, h := range titles {
		for _, group := range groups(h.Words, c.Lex, people) {
			t.Add(group.name, h.Page)
			addressed[group.name] = true
		}
	}
	kept := []onboarding.Term{}
	for _, term := range t.Top(len(t.Count), 1) {
		if (term.Count >= minAudience || addressed[term.Text]) && len(kept) < maxAudience {
			kept = append(kept, term)
		}
	}
	return kept
}

// group is a mention of people; addressed reports whether it follows "for" or "help".
type group struct {
	name      string
	addressed bool
}

// addressing are the words before a group that show that the text is for it.
var addressing = NewWordSet([]string{
	"for", "help", "helps", "helping", "helped", "teach", "teaching", "serve", "serving", "supporting", "welcome",
})

// groups finds the groups of people in words.
func groups(words []Word, lex Lexicon, people PhraseSet) []group {
	var found []group
	last := 0
	for i, phrase := range people.all(words) {
		first, end := i, i+len(phrase)
		for first > 0 && first > i-2 && !words[first].gap && lex["people_modifiers"][words[first-1].Lower] {
			first--
		}
		g := group{name: JoinWords(words[first:end])}
		// "for women, children and infants" addresses all three.
		g.addressed = first > 0 && (!words[first].gap && addressing[words[first-1].Lower] ||
			first-last <= 1 && len(found) > 0 && found[len(found)-1].addressed)
		found = append(found, g)
		last = end
	}
	return found
}
