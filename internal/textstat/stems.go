package textstat

import (
	"slices"
	"strings"
)

// Stems finds the phrases of named lists in texts. A star at the end or the beginning of
// a word of a phrase stands for any letters, so that one entry covers the inflected and
// compound forms.
type Stems struct {
	// Names are the names of the lists, by number.
	Names []string
	// first holds the phrases by their first word without stars.
	first map[string][]stemPhrase
	// longest is the length of the longest first word, in bytes.
	longest int
}

// stemPhrase is a phrase of the list with the number section.
type stemPhrase struct {
	section int
	words   []stemWord
}

// stemWord is a word of which open says whether it may go on at its start or end.
type stemWord struct {
	text               string
	openStart, openEnd bool
}

func (w stemWord) matches(word string) bool {
	switch {
	case w.openStart && w.openEnd:
		return strings.Contains(word, w.text)
	case w.openStart:
		return strings.HasSuffix(word, w.text)
	case w.openEnd:
		return strings.HasPrefix(word, w.text)
	}
	return word == w.text
}

// NewStems prepares the lists. Elide says that the language's short words before an
// apostrophe stand alone.
func NewStems(sections []Section, elide bool) *Stems {
	s := &Stems{first: map[string][]stemPhrase{}}
	for i, section := range sections {
		s.Names = append(s.Names, section.Name)
		for _, term := range section.Terms {
			phrase := stemPhrase{section: i}
			for field := range strings.FieldsSeq(term) {
				parts := SplitWords(field, elide)
				for j, w := range parts {
					phrase.words = append(phrase.words, stemWord{
						text: w.Lower, openStart: j == 0 && strings.HasPrefix(field, "*"),
						openEnd: j == len(parts)-1 && strings.HasSuffix(field, "*"),
					})
				}
			}
			if len(phrase.words) > 0 {
				key := phrase.words[0].text
				s.first[key] = append(s.first[key], phrase)
				s.longest = max(s.longest, len(key))
			}
		}
	}
	return s
}

// minStem is the length of the shortest stem with a star, in bytes.
const minStem = 3

// Find calls yield with the list of each phrase that stands in words, and with the words
// that it covers.
func (s *Stems) Find(words []Word, yield func(section int, text string)) {
	s.FindAt(words, func(section, at, end int) { yield(section, JoinWords(words[at:end])) })
}

// FindAt calls yield with the list of each phrase and the words that it covers, from word
// at to before end; of each list with the longest phrase that begins at a word.
func (s *Stems) FindAt(words []Word, yield func(section, at, end int)) {
	for i, w := range words {
		var longest []stemPhrase
		try := func(key string) {
			for _, phrase := range s.first[key] {
				if !phrase.standsAt(words[i:]) {
					continue
				}
				same := slices.IndexFunc(longest, func(p stemPhrase) bool { return p.section == phrase.section })
				switch {
				case same < 0:
					longest = append(longest, phrase)
				case len(phrase.words) > len(longest[same].words):
					longest[same] = phrase
				}
			}
		}
		try(w.Lower)
		for end := minStem; end < len(w.Lower) && end <= s.longest; end++ {
			try(w.Lower[:end])
		}
		for start := max(1, len(w.Lower)-s.longest); start <= len(w.Lower)-minStem; start++ {
			try(w.Lower[start:])
		}
		for _, phrase := range longest {
			yield(phrase.section, i, i+len(phrase.words))
		}
	}
}

func (p stemPhrase) standsAt(words []Word) bool {
	if len(words) < len(p.words) {
		return false
	}
	for i, w := range p.words {
		if !w.matches(words[i].Lower) {
			return false
		}
	}
	return true
}
