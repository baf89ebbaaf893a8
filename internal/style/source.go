package style

import (
	"fmt"
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
	words := fmt.Sprintf("%s in %s", wording.Plural(e.m.Words, "word"), wording.Language(e.m.Language))
	switch {
	case e.site.Text == nil:
		return fmt.Sprintf("%s and %s of text in %s", wording.Plural(e.m.Pages, "page"), wording.Plural(e.m.Words, "word"), wording.Language(e.m.Language))
	case e.site.Text.Sample:
		return "a text sample of " + words
	}
	return "a business description of " + words
}

// sourceNotes returns notes on what a text can't show and what the user stated.
func sourceNotes(e *evidence) []string {
	if e.site.Text == nil {
		return nil
	}
	notes := []string{"No website was read."}
	if e.m.ProseWords < textstat.MinProfileWords {
		notes = append(notes, fmt.Sprintf("The text is short: values that take more than %s of running text are empty.", wording.Plural(e.m.ProseWords, "word")))
	}
	var stated []string
	for _, x := range []struct{ name, text string }{{"industry", e.source().Industry}, {"target audience", e.source().Audience}, {"goals", e.source().Goals}} {
		if x.text != "" {
			stated = append(stated, x.name)
		}
	}
	if len(stated) > 0 {
		notes = append(notes, fmt.Sprintf("Given by the user: %s.", wording.Enumerate(stated)))
	}
	return notes
}
