package textstat

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
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

// lexicons holds the word lists. It is read-only after loadLexicons.
type lexicons struct {
	languages map[string]Lexicon
	functions map[string][]string // function words by language, most frequent first
	syllables map[string]int
}

// loadLexicons parses the embedded lists.
func loadLexicons() (*lexicons, error) {
	l := &lexicons{
		languages: map[string]Lexicon{},
		functions: map[string][]string{},
		syllables: map[string]int{},
	}
	err := EachList(lexiconFiles, "lexicon", l.add)
	if err != nil {
		return nil, fmt.Errorf("read lexicon: %w", err)
	}
	return l, nil
}

// add adds the sections of one list.
func (l *lexicons) add(name string, sections []Section) error {
	switch name {
	case "syllables":
		for _, s := range sections {
			n, err := strconv.Atoi(s.Name)
			if err != nil {
				return fmt.Errorf("read number of syllables: %w", err)
			}
			for _, word := range s.Terms {
				l.syllables[word] = n
			}
		}
	default:
		l.languages[name] = Lexicon{}
		for _, s := range sections {
			l.languages[name][s.Name] = NewWordSet(s.Terms)
			if s.Name == "function" {
				l.functions[name] = FirstDistinct(s.Terms, maxFunctionWords)
			}
		}
	}
	return nil
}

// EachList parses the lists of a folder (see parseSections) and calls add with the name
// of each file and its sections.
func EachList(files fs.FS, folder string, add func(name string, sections []Section) error) error {
	names, err := fs.Glob(files, folder+"/*.txt")
	if err != nil {
		return err
	}
	for _, file := range names {
		text, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(path.Base(file), ".txt")
		if err := add(name, parseSections(string(text))); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// Lexicon returns the word lists of a language by their names; nil for an unknown one.
func (m *Meter) Lexicon(code string) Lexicon { return m.lex.languages[code] }

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
