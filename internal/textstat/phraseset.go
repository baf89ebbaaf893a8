package textstat

import (
	"slices"
	"strings"
)

// PhraseSet finds words and phrases of a list in a sequence of words.
type PhraseSet struct {
	byFirst map[string][][]string
}

// NewPhraseSet indexes the terms by their first word, longer ones first.
func NewPhraseSet(terms WordSet) PhraseSet {
	p := PhraseSet{byFirst: map[string][][]string{}}
	for _, term := range SortedKeys(terms) {
		// Split like the text, so that "24/7" is found.
		parts := make([]string, 0, 4)
		for _, w := range SplitWords(term, false) {
			parts = append(parts, w.Lower)
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

// PhraseSection is a named list, ready to search.
type PhraseSection struct {
	Name    string
	Phrases PhraseSet
}

// PhraseSections returns each list ready to search.
func PhraseSections(sections []Section) []PhraseSection {
	out := make([]PhraseSection, len(sections))
	for i, s := range sections {
		out[i] = PhraseSection{s.Name, NewPhraseSet(NewWordSet(s.Terms))}
	}
	return out
}

// at returns the longest phrase of the set that starts at word i, and its length.
func (p PhraseSet) at(words []Word, i int) (string, int) {
	for _, phrase := range p.byFirst[words[i].Lower] {
		if spells(words, i, phrase) {
			return strings.Join(phrase, " "), len(phrase)
		}
	}
	return "", 0
}

// spells reports whether the words from i on form the phrase.
func spells(words []Word, i int, phrase []string) bool {
	if i+len(phrase) > len(words) {
		return false
	}
	for k, part := range phrase {
		if words[i+k].Lower != part {
			return false
		}
	}
	return true
}

// Find returns the phrases of the set in words, in order, without overlap.
func (p PhraseSet) Find(words []Word) []string {
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
