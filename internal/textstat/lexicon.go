package textstat

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// WordSet is a set of words or phrases in lower case.
type WordSet map[string]bool

// Lexicon holds the word lists of one language by section; a section that the
// language lacks is an empty set.
type Lexicon map[string]WordSet

// Section is a named list in the order of its file.
type Section struct {
	Name  string
	Terms []string
}

// loadLexicons parses the embedded lists.
func (m *Meter) loadLexicons() error {
	lists, err := Lists(lexiconFiles, "lexicon")
	if err != nil {
		return fmt.Errorf("read lexicon: %w", err)
	}
	for _, s := range lists["syllables"] {
		n, err := strconv.Atoi(s.Name)
		if err != nil {
			return fmt.Errorf("read number of syllables: %w", err)
		}
		for _, word := range s.Terms {
			m.syllableCounts[word] = n
		}
	}
	delete(lists, "syllables")
	for language, sections := range lists {
		m.languages[language], m.phraseSets[language] = Lexicon{}, map[string]func() PhraseSet{}
		for _, s := range sections {
			set := NewWordSet(s.Terms)
			m.languages[language][s.Name] = set
			m.phraseSets[language][s.Name] = sync.OnceValue(func() PhraseSet {
				return phraseSetOf(set, Elides(language))
			})
			if s.Name == "function" {
				m.functionLists[language] = FirstDistinct(s.Terms, maxFunctionWords)
			}
		}
	}
	return nil
}

// Lists parses the lists of a folder, by the names of their files; see parseSections.
func Lists(files embed.FS, folder string) (map[string][]Section, error) {
	entries, err := files.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	lists := map[string][]Section{}
	for _, entry := range entries {
		text, err := files.ReadFile(path.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		lists[strings.TrimSuffix(entry.Name(), ".txt")] = parseSections(string(text))
	}
	return lists, nil
}

// Lexicon returns the word lists of a language by their names; nil for an unknown one.
func (m *Meter) Lexicon(code string) Lexicon { return m.languages[code] }

// parseSections reads "[name]" headers and their terms, which commas or line ends
// separate; a line that starts with # is a comment.
func parseSections(text string) []Section {
	var sections []Section
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			sections = append(sections, Section{Name: strings.Trim(line, "[]")})
		default:
			last := &sections[len(sections)-1]
			for term := range strings.SplitSeq(line, ",") {
				if term = strings.TrimSpace(term); term != "" {
					last.Terms = append(last.Terms, term)
				}
			}
		}
	}
	return sections
}

// NewWordSet returns the set of some words.
func NewWordSet(terms []string) WordSet {
	set := make(WordSet, len(terms))
	for _, term := range terms {
		set[term] = true
	}
	return set
}

// FirstDistinct returns the first n different terms.
func FirstDistinct(terms []string, n int) []string {
	var out []string
	for _, term := range terms {
		if len(out) < n && !slices.Contains(out, term) {
			out = append(out, term)
		}
	}
	return out
}
