package style

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

// wordSet is a set of words or phrases in lower case.
type wordSet map[string]bool

// lexicon holds the word lists of one language by section; a section that the
// language lacks is an empty set.
type lexicon map[string]wordSet

// section is a named list in the order of its file.
type section struct {
	name  string
	terms []string
}

// lexicons holds every word list. It is read-only after loadLexicons.
type lexicons struct {
	languages  map[string]lexicon
	functions  map[string][]string // function words by language, most frequent first
	syllables  map[string]int
	industries []section
	schema     map[string]string // schema.org type to industry
	pageTypes  []section
	actions    []section
	countries  map[string]string // code to country
}

// loadLexicons parses the embedded lists.
func loadLexicons() (*lexicons, error) {
	l := &lexicons{
		languages: map[string]lexicon{},
		functions: map[string][]string{},
		syllables: map[string]int{},
		schema:    map[string]string{},
		countries: map[string]string{},
	}
	files, err := fs.Glob(lexiconFiles, "lexicon/*.txt")
	if err != nil {
		return nil, fmt.Errorf("list lexicons: %w", err)
	}
	for _, file := range files {
		text, err := lexiconFiles.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read lexicon: %w", err)
		}
		name := strings.TrimSuffix(path.Base(file), ".txt")
		if err := l.add(name, parseSections(string(text))); err != nil {
			return nil, fmt.Errorf("read lexicon %s: %w", name, err)
		}
	}
	return l, nil
}

// add files the sections of one list.
func (l *lexicons) add(name string, sections []section) error {
	switch name {
	case "industries":
		l.industries = sections
	case "pagetypes":
		l.pageTypes = sections
	case "actions":
		l.actions = sections
	case "schema":
		invert(sections, l.schema)
	case "countries":
		invert(sections, l.countries)
	case "syllables":
		for _, s := range sections {
			n, err := strconv.Atoi(s.name)
			if err != nil {
				return fmt.Errorf("read number of syllables: %w", err)
			}
			for _, word := range s.terms {
				l.syllables[word] = n
			}
		}
	default:
		l.languages[name] = lexicon{}
		for _, s := range sections {
			l.languages[name][s.name] = newWordSet(s.terms)
			if s.name == "function" {
				l.functions[name] = firstDistinct(s.terms, maxFunctionWords)
			}
		}
	}
	return nil
}

func invert(sections []section, into map[string]string) {
	for _, s := range sections {
		for _, term := range s.terms {
			into[term] = s.name
		}
	}
}

// parseSections reads "[name]" headers and their terms, which commas or line ends
// separate; a line that starts with # is a comment.
func parseSections(text string) []section {
	var sections []section
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			sections = append(sections, section{name: strings.Trim(line, "[]")})
		default:
			last := &sections[len(sections)-1]
			for term := range strings.SplitSeq(line, ",") {
				if term = strings.TrimSpace(term); term != "" {
					last.terms = append(last.terms, term)
				}
			}
		}
	}
	return sections
}

func newWordSet(terms []string) wordSet {
	set := make(wordSet, len(terms))
	for _, term := range terms {
		set[term] = true
	}
	return set
}

// firstDistinct returns the first n different terms.
func firstDistinct(terms []string, n int) []string {
	var out []string
	for _, term := range terms {
		if len(out) < n && !slices.Contains(out, term) {
			out = append(out, term)
		}
	}
	return out
}
