// Package naming finds what a website calls its owner, and its slogan.
package naming

import (
	"embed"
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
)

//go:embed lists/*.txt
var files embed.FS

// Finder finds names and slogans. It is read-only.
type Finder struct {
	types pagetype.Types
	// trades find the words of the industries, by language.
	trades map[string]*textstat.Stems
	// headings name a section of a page, in lower case.
	headings textstat.WordSet
	// consent and filler are what consent notices and templates say.
	consent, filler textstat.PhraseSet
}

// New reads the texts that are neither names nor slogans.
func New(types pagetype.Types, trades map[string]*textstat.Stems, filler textstat.PhraseSet) (Finder, error) {
	lists, err := textstat.Lists(files, "lists")
	if err != nil {
		return Finder{}, fmt.Errorf("read names: %w", err)
	}
	f := Finder{types: types, trades: trades, filler: filler}
	for _, section := range lists["generic"] {
		switch terms := textstat.NewWordSet(section.Terms); section.Name {
		case "heading":
			f.headings = terms
		case "consent":
			f.consent = textstat.NewPhraseSet(terms)
		}
	}
	return f, nil
}

// Key is equal for names that differ in case, spaces and marks only.
func Key(name string) string {
	var b strings.Builder
	for _, w := range textstat.SplitWords(name, false) {
		b.WriteString(w.Lower)
	}
	return b.String()
}
