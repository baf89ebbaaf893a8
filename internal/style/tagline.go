package style

import (
	"regexp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
)

const (
	minSloganWords, maxSloganWords = 2, 16
	// maxSloganHeadings is how many headings of the start page may hold the slogan.
	maxSloganHeadings = 4
)

// greeting matches a heading that welcomes the reader; a name that follows adds nothing.
var greeting = regexp.MustCompile(
	`(?i)^(?:welcome|(?:herzlich )?willkommen|bienvenue|bienvenid[oa]s?|benvenut[oiae]|bem[- ]vind[oa]s?|welkom|ようこそ)(?:$|[^\pL])`)

// tagline is the slogan of the start page: what structured data or an element call so,
// else the first main heading that says more than a name, a greeting or the title of a
// section, else the short text below the first heading, else what its title adds to the
// name.
func (a *Analyzer) tagline(pages []onboarding.Page) string {
	start := pages[0]
	if isFrom := strings.TrimSpace(start.Brand.Tagline); isFrom != "" {
		return isFrom
	}
	if len(pagetype.Segments(start.URL)) > 0 {
		return ""
	}
	seen := 0
	for _, h := range start.Headings {
		if h.Level > 2 || seen == maxSloganHeadings {
			continue
		}
		if seen++; a.isSlogan(h.Text, start) && !isLinked(h.Text, start) {
			return h.Text
		}
		if below := textBelow(h.Text, start); h.Level == 1 && a.isSlogan(below, start) {
			return below
		}
	}
	var rest []string
	for _, part := range onboarding.TitleParts(start.Title) {
		if a.isSlogan(part, start) {
			rest = append(rest, part)
		}
	}
	if len(rest) > 0 && len(textstat.SplitWords(rest[0], false)) > minSloganWords {
		return rest[0]
	}
	return ""
}

// isSlogan reports whether a text may be the slogan of the page.
func (a *Analyzer) isSlogan(text string, p onboarding.Page) bool {
	words := textstat.SplitWords(text, false)
	if len(words) < minSloganWords && !strings.ContainsFunc(text, isWide) || len(words) > maxSloganWords ||
		greeting.MatchString(text) || a.types.OfPhrase(text) != "" || a.generic.headings[plainLetters(text)] ||
		len(a.generic.consent.Find(words)) > 0 || len(a.filler.Find(words)) > 0 {
		return false
	}
	key, name := letterKey(text), letterKey(p.Brand.Name)
	return (name == "" || !strings.Contains(name, key)) && slices.ContainsFunc(words, textstat.Word.HasLetter)
}

// isWide reports whether a letter is of a script that is written without spaces.
func isWide(r rune) bool { return r >= 0x2E80 }

// plainLetters is a text in lower case without outer marks.
func plainLetters(text string) string {
	return strings.ToLower(strings.Trim(strings.Join(strings.Fields(text), " "), " .:!?¡¿…–—-"))
}

// isLinked reports whether the page has a link with that text: the title of a post.
func isLinked(text string, p onboarding.Page) bool {
	return slices.ContainsFunc(p.Links, func(l onboarding.Link) bool { return l.Text == text })
}

// textBelow is the block of text that follows a heading, "" where there is none.
func textBelow(heading string, p onboarding.Page) string {
	for i, b := range p.Blocks {
		if b.Kind == onboarding.BlockHeading && b.Text == heading && i+1 < len(p.Blocks) &&
			p.Blocks[i+1].Kind == onboarding.BlockParagraph {
			return p.Blocks[i+1].Text
		}
	}
	return ""
}
