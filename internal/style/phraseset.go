package style

import (
	"slices"
	"strings"
)

// phraseSet finds words and phrases of a list in a sequence of words.
type phraseSet struct {
	byFirst map[string][][]string
}

// newPhraseSet indexes the terms by their first word, longer ones first.
func newPhraseSet(terms wordSet) phraseSet {
	p := phraseSet{byFirst: map[string][][]string{}}
	for _, term := range sortedKeys(terms) {
		// Split as text is split, so that "24/7" is found.
		parts := make([]string, 0, 4)
		for _, w := range splitWords(term, false) {
			parts = append(parts, w.lower)
		}
		if len(parts) == 0 {
			continue
		}
		list := p.byFirst[parts[0]]
		at := 0
		for at < len(list) && len(list[at]) >= len(parts) {
			at++
		}
		p.byFirst[parts[0]] = slices.Insert(list, at, parts)
	}
	return p
}

// phraseSection is a named list, ready to search.
type phraseSection struct {
	name    string
	phrases phraseSet
}

func phraseSections(sections []section) []phraseSection {
	out := make([]phraseSection, len(sections))
	for i, s := range sections {
		out[i] = phraseSection{s.name, newPhraseSet(newWordSet(s.terms))}
	}
	return out
}

// at returns the longest phrase of the set that starts at word i, and its length.
func (p phraseSet) at(words []word, i int) (string, int) {
	for _, phrase := range p.byFirst[words[i].lower] {
		if spells(words, i, phrase) {
			return strings.Join(phrase, " "), len(phrase)
		}
	}
	return "", 0
}

// spells tells whether the words from i on are those of the phrase.
func spells(words []word, i int, phrase []string) bool {
	if i+len(phrase) > len(words) {
		return false
	}
	for k, part := range phrase {
		if words[i+k].lower != part {
			return false
		}
	}
	return true
}

// find returns the phrases of the set in words, in order, without overlap.
func (p phraseSet) find(words []word) []string {
	var found []string
	for i := 0; i < len(words); {
		phrase, n := p.at(words, i)
		if n == 0 {
			i++
			continue
		}
		found = append(found, phrase)
		i += n
	}
	return found
}
