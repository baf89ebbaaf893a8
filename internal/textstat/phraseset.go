package textstat

import (
	"iter"
	"slices"
	"strings"
)

// PhraseSet finds words and phrases of a list in a sequence of words.
type PhraseSet struct {
	byFirst map[string][][]string
}

// NewPhraseSet indexes the terms by their first word, longer ones first.
func NewPhraseSet(terms WordSet) PhraseSet { return phraseSetOf(terms, false) }

// phraseSetOf is NewPhraseSet for a language; elide says that its short words before an apostrophe stand alone.
func phraseSetOf(terms WordSet, elide bool) PhraseSet {
	p := PhraseSet{byFirst: map[string][][]string{}}
	for _, term := range SortedKeys(terms) {
		// Split like the text, so that "24/7" is found.
		parts := make([]string, 0, 4)
		for _, w := range SplitWords(term, elide) {
			parts = append(parts, w.Lower)
		}
		if len(parts) == 0 {
			continue
		}
		p.byFirst[parts[0]] = append(p.byFirst[parts[0]], parts)
	}
	for _, phrases := range p.byFirst {
		slices.SortStableFunc(phrases, func(a, b []string) int { return len(b) - len(a) })
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

// at returns the longest phrase of the set that begins at word i, nil if none does.
func (p PhraseSet) at(words []Word, i int) []string {
	isPart := func(w Word, part string) bool { return w.Lower == part }
	for _, phrase := range p.byFirst[words[i].Lower] {
		if slices.EqualFunc(words[i:min(i+len(phrase), len(words))], phrase, isPart) {
			return phrase
		}
	}
	return nil
}

// all yields the phrases of the set in words, each with the index of its first word, in order and without overlap. Of
// the phrases at one word the longest counts.
func (p PhraseSet) all(words []Word) iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		for i := 0; i < len(words); i++ {
			phrase := p.at(words, i)
			if phrase == nil {
				continue
			}
			if !yield(i, phrase) {
				return
			}
			i += len(phrase) - 1
		}
	}
}

// Find returns the phrases of the set in words, in order, without overlap.
func (p PhraseSet) Find(words []Word) []string {
	var found []string
	for _, phrase := range p.all(words) {
		found = append(found, strings.Join(phrase, " "))
	}
	return found
}
