package question

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

const (
	// maxMaterialRunes bounds the material of a prompt.
	maxMaterialRunes = 20_000
	// minPageRunes is the least allowance of a page: with many pages, the first ones
	// are read well rather than all of them in part.
	minPageRunes = 5_000
	// maxAnswerTokens is enough for ten long entries in some of the lists and a few
	// in the rest.
	maxAnswerTokens = 8_000
	// maxKinds bounds the kinds of page that the instructions name.
	maxKinds = 100
)

// Prompt returns the question to a model about a site and its measured analysis: style,
// patterns and guidelines in one, with the schema that Merge decodes. The texts of
// the site are only in the material; the instructions consist of fixed words and
// measured numbers.
func (p *Prompter) Prompt(site onboarding.Site, measured onboarding.Analysis) onboarding.Prompt {
	instructions := siteInstructions
	if site.URL == "" {
		instructions = textInstructions
	}
	return onboarding.Prompt{
		Name:         "website_analysis",
		Instructions: instructions + commonInstructions + facts(measured),
		Material:     p.material(site),
		Schema:       slices.Clone(p.schema),
		MaxTokens:    maxAnswerTokens,
	}
}

const siteInstructions = `You are an experienced editor. Describe how a website writes, for whom and to what end, so that others can write like it. The material is the text of some of its pages, not all: never claim that the site lacks a page or a topic because the material does.
`

const textInstructions = `You are an experienced editor. Describe how an author writes, for whom and to what end, so that others can write like them. There is no website: the material is a text of theirs or a description of their business. Say nothing about pages, navigation, search results or anything else that only a website has.
`

const commonInstructions = `
Rules for the values:
- Judge from the material alone. Where it does not show something, answer "" for a value and its evidence and [] for a list. An empty value is better than a guess.
- Write in English, whatever the language of the material, but quote in its own language.
- A value is a short label of at most ten words, such as: warm and practical. Its evidence is best a quotation of at most fifteen words, such as: “you always get help”.
- A list has up to six entries of one sentence or less, the most important first. Groups of people, values and types of content are bare names.
- Guidelines, best practices, tips and suggestions are instructions to a writer and say something that is true of this text, not of any.
- The numbers below are measured and settled. Do not contradict them, and state no numbers of your own: no percentages, scores, grades, counts or lengths.
- Name no people's private details, no competitors and no web addresses.

Measured:
`

// facts states measured numbers, without words from the pages.
func facts(measured onboarding.Analysis) string {
	m := measured.Measured
	var b strings.Builder
	fmt.Fprintf(&b, "- language: %s; %s, %s, %s\n", wording.Language(m.Language), wording.Plural(m.Pages, "page"),
		wording.Plural(m.Words, "word"), wording.Plural(m.Sentences, "sentence"))
	if d := m.SentenceWords; d != nil {
		fmt.Fprintf(&b, "- words per sentence: mean %s, median %s, 80%% between %s and %s\n", wording.Number(d.Mean),
			wording.Number(d.Median), wording.Number(d.P10), wording.Number(d.P90))
	}
	if d := m.ParagraphWords; d != nil {
		fmt.Fprintf(&b, "- words per paragraph: mean %s\n", wording.Number(d.Mean))
	}
	for _, x := range []struct {
		name, format string
		value        *float64
		scale        float64
	}{
		{"Flesch reading ease", "%.0f", m.Readability.FleschReadingEase, 1},
		{"Flesch-Kincaid grade", "%.1f", m.Readability.FleschKincaidGrade, 1},
		{"LIX", "%.0f", m.Readability.LIX, 1},
		{"formality", "%.0f of 100 (below 55 informal, from 59 formal)", m.Formality, 1},
		{"words that are I, me, my", "%.1f%%", m.Person.FirstSingular, 100},
		{"words that are we, us, our", "%.1f%%", m.Person.FirstPlural, 100},
		{"words that address the reader", "%.1f%%", m.Person.Second, 100},
		{"passive sentences", "%.0f%%", m.Syntax.PassiveShare, 100},
		{"questions among the sentences", "%.0f%%", m.Syntax.QuestionShare, 100},
	} {
		if x.value != nil {
			fmt.Fprintf(&b, "- %s: "+x.format+"\n", x.name, x.scale**x.value)
		}
	}
	if s := m.Sentiment; s != nil {
		fmt.Fprintf(&b, "- mean sentiment: %+.2f from -1 to 1\n", s.Mean)
	}
	if kinds := knownKinds(m.PageTypes); len(kinds) > 0 {
		fmt.Fprintf(&b, "- kinds of page that the site has, read or not: %s\n", strings.Join(kinds, ", "))
	}
	return b.String()
}

// knownKinds returns the types of the known pages, which are names of this project.
func knownKinds(types onboarding.PageTypes) []string {
	var kinds []string
	for _, t := range types.Found {
		kinds = append(kinds, t.Type)
	}
	return textstat.FirstDistinct(append(kinds, types.Linked...), maxKinds)
}

// material returns the texts of the pages, the most useful first, or the user's text
// with what the user stated, in at most maxMaterialRunes.
func (p *Prompter) material(site onboarding.Site) []onboarding.Material {
	left := maxMaterialRunes
	var out []onboarding.Material
	add := func(name, text string, limit int) {
		if text = wording.Cut(strings.TrimSpace(text), min(limit, left)); text != "" {
			left -= len([]rune(text))
			out = append(out, onboarding.Material{Name: name, Text: text})
		}
	}
	if site.Text != nil {
		add("stated_by_the_user", stated(*site.Text), minPageRunes)
	}
	perPage := max(minPageRunes, maxMaterialRunes/max(len(site.Pages), 1))
	for i, page := range p.byUsefulness(site.Pages) {
		if left == 0 {
			break
		}
		name := "text"
		if site.URL != "" {
			name = fmt.Sprintf("page_%d_%s", i+1, p.analyzer.PageType(page))
		}
		add(name, pageMaterial(page), perPage)
	}
	return out
}

// stated returns what the user stated about the business beside the text.
func stated(t onboarding.TextSource) string {
	var lines wording.Sentences
	lines.Add(t.Industry != "", "Industry: %s", t.Industry)
	lines.Add(t.Audience != "", "Target audience: %s", t.Audience)
	lines.Add(t.Goals != "", "Goals: %s", t.Goals)
	lines.Add(t.Sample && t.Description != "", "Business: %s", t.Description)
	return strings.Join(lines, "\n")
}

// byUsefulness sorts the pages by how much their kind shows of the writer.
func (p *Prompter) byUsefulness(pages []onboarding.Page) []onboarding.Page {
	return slices.SortedStableFunc(slices.Values(pages), func(x, y onboarding.Page) int {
		return cmp.Compare(usefulness(p.analyzer.PageType(x)), usefulness(p.analyzer.PageType(y)))
	})
}

func usefulness(kind string) int {
	switch kind {
	case "home":
		return 0
	case "about", "team":
		return 1
	case "post":
		return 2
	case "services", "products", "pricing", "case_studies", "portfolio", "testimonials":
		return 3
	case "legal", "contact":
		return 5
	}
	return 4
}

// pageMaterial returns a page for a model: path, title and description, then the text
// with marked headings, without code.
func pageMaterial(p onboarding.Page) string {
	var lines wording.Sentences
	lines.Add(p.URL != "", "Path: %s", style.PathOf(p.URL))
	lines.Add(p.Title != "", "Title: %s", p.Title)
	lines.Add(p.Description != "", "Description: %s", p.Description)
	for _, b := range p.Blocks {
		switch b.Kind {
		case onboarding.BlockCode:
		case onboarding.BlockHeading:
			lines = append(lines, "\n# "+b.Text)
		case onboarding.BlockListItem:
			lines = append(lines, "- "+b.Text)
		case onboarding.BlockQuote:
			lines = append(lines, "\n> "+b.Text)
		default:
			lines = append(lines, "\n"+b.Text)
		}
	}
	return strings.Join(lines, "\n")
}
