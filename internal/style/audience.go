package style

import "github.com/alwrity/onboarding/internal/onboarding"

const (
	maxAudience = 12
	// minAudience is how often a group must be named, or once in a title or after
	// "for", to count.
	minAudience = 2
)

// audience counts the groups of people that English text names, with the
// modifiers that make a group of them ("small business owners").
func audience(c *corpus, titles []title) []onboarding.Term {
	if c.lang.Code != english {
		return []onboarding.Term{}
	}
	people := newPhraseSet(c.lex["people"])
	t := newTally()
	addressed := map[string]bool{}
	for _, ch := range c.chunks {
		if ch.kind == onboarding.BlockHeading {
			continue
		}
		for _, group := range groups(ch.words, c.lex, people) {
			t.add(group.name, ch.page)
			addressed[group.name] = addressed[group.name] || group.addressed
		}
	}
	for _, h := range titles {
		for _, group := range groups(h.words, c.lex, people) {
			t.add(group.name, h.page)
			addressed[group.name] = true
		}
	}
	kept := []onboarding.Term{}
	for _, term := range t.top(len(t.count), 1) {
		if (term.Count >= minAudience || addressed[term.Text]) && len(kept) < maxAudience {
			kept = append(kept, term)
		}
	}
	return kept
}

// group is a mention of people; addressed tells that it follows "for" or "help".
type group struct {
	name      string
	addressed bool
}

func groups(words []word, lex lexicon, people phraseSet) []group {
	var found []group
	last := 0
	for i := 0; i < len(words); {
		_, n := people.at(words, i)
		if n == 0 {
			i++
			continue
		}
		first := i
		for first > 0 && first > i-2 && !words[first].gap && lex["people_modifiers"][words[first-1].lower] {
			first--
		}
		g := group{name: joinWords(words[first : i+n])}
		if first > 0 && !words[first].gap {
			switch words[first-1].lower {
			case "for", "help", "helps", "helping", "helped", "teach", "teaching", "serve", "serving", "supporting", "welcome":
				g.addressed = true
			}
		}
		// "for women, children and infants" addresses all three.
		if first > 0 && first-last <= 1 && len(found) > 0 {
			g.addressed = g.addressed || found[len(found)-1].addressed
		}
		found = append(found, g)
		i += n
		last = i
	}
	return found
}
