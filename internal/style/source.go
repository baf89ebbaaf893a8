package style

import (
	"slices"

	"golang.org/x/text/unicode/norm"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// StatedByUser is the evidence of a value that the user stated. A model never replaces one.
const StatedByUser = "given by the user"

// maxStatedRunes bounds how much of the user's words is repeated.
const maxStatedRunes = 500

// source is the source of a text from the user; empty for a website.
func (e *evidence) source() onboarding.TextSource {
	if e.site.Text == nil {
		return onboarding.TextSource{}
	}
	return *e.site.Text
}

// givenByUser returns what the user stated as a judged value.
func givenByUser(text string) onboarding.Judged {
	return judged(wording.Cut(text, maxStatedRunes), StatedByUser)
}

// composed returns copies of a text's pages in Unicode NFC. Crawled pages already are.
func composed(pages []onboarding.Page) []onboarding.Page {
	out := slices.Clone(pages)
	for i := range out {
		out[i].Blocks = slices.Clone(out[i].Blocks)
		for j, b := range out[i].Blocks {
			out[i].Blocks[j].Text = norm.NFC.String(b.Text)
		}
		out[i].Headings = slices.Clone(out[i].Headings)
		for j, h := range out[i].Headings {
			out[i].Headings[j].Text = norm.NFC.String(h.Text)
		}
	}
	return out
}

// material describes what the analysis is based on.
func (e *evidence) material() string {
	words, language := wording.Plural(e.m.Words, "word"), wording.Language(e.m.Language)
	switch {
	case e.site.Text == nil:
		return wording.Plural(e.m.Pages, "page") + " and " + words + " of text in " + language
	case e.site.Text.Sample:
		return "a text sample of " + words + " in " + language
	}
	return "a business description of " + words + " in " + language
}

// sourceNotes returns notes on what a text can't show and what the user stated.
func sourceNotes(e *evidence) []string {
	if e.site.Text == nil {
		return nil
	}
	notes := wording.Sentences{"No website was read."}
	notes.Add(e.m.ProseWords < textstat.MinProfileWords,
		"The text is short: values that take more than %s of running text are empty.", wording.Plural(e.m.ProseWords, "word"))
	var stated wording.Sentences
	stated.Add(e.source().Industry != "", "industry")
	stated.Add(e.source().Audience != "", "target audience")
	stated.Add(e.source().Goals != "", "goals")
	notes.Add(len(stated) > 0, "Given by the user: %s.", wording.Enumerate(stated))
	return notes
}
