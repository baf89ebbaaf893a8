package naming

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
)

const minSloganWords, maxSloganWords = 2, 16

// MaxSloganHeadings is how many headings of the start page may hold the slogan.
const MaxSloganHeadings = 4

// greeting matches a heading that welcomes the reader; a name that follows adds nothing.
var greeting = regexp.MustCompile(
	`(?i)^(?:welcome|(?:herzlich )?willkommen|bienvenue|bienvenid[oa]s?|benvenut[oiae]|bem[- ]vind[oa]s?|welkom|ようこそ)(?:$|[^\pL])`)

// Tagline is the slogan of the start page: what structured data or an element call so,
// else the first main heading that says more than a name, a greeting or the title of a
// section, else the short text below the first heading, else what its title adds to the
// name.
func (f Finder) Tagline(pages []onboarding.Page) string {
	start := pages[0]
	stated := strings.TrimSpace(start.Brand.Tagline)
	if words := textstat.SplitWords(stated, false); len(words) > 0 && len(words) <= maxSloganWords {
		return stated
	}
	if len(pagetype.Segments(start.URL)) > 0 {
		return ""
	}
	seen := 0
	for _, h := range start.Headings {
		if h.Level > 2 || seen == MaxSloganHeadings {
			continue
		}
		if seen++; f.isSlogan(h.Text, start) && !isLinked(h.Text, start) {
			return h.Text
		}
		if below := textBelow(h.Text, start); h.Level == 1 && f.isSlogan(below, start) {
			return below
		}
	}
	var rest []string
	for _, part := range onboarding.TitleParts(start.Title) {
		if f.isSlogan(part, start) {
			rest = append(rest, part)
		}
	}
	if len(rest) > 0 && len(textstat.SplitWords(rest[0], false)) > minSloganWords {
		return rest[0]
	}
	return ""
}

// isSlogan reports whether a text may be the slogan of the page.
func (f Finder) isSlogan(text string, p onboarding.Page) bool {
	words := textstat.SplitWords(text, false)
	if len(words) < minSloganWords && !strings.ContainsFunc(text, IsWide) || len(words) > maxSloganWords ||
		greeting.MatchString(text) || f.types.OfPhrase(text) != "" || f.headings[Plain(text)] ||
		legalForms.MatchString(text) && len(words) <= maxNameWords || f.ConsentWords(words) > 0 || clock.MatchString(text) ||
		strings.HasSuffix(text, "?") && len(words) < minQuestion || len(f.filler.Find(words)) > 0 {
		return false
	}
	key, name := bareKey(text), bareKey(p.Brand.Name)
	return (name == "" || !strings.Contains(name, key) && !isFullName(words, p.Brand.Name)) &&
		slices.ContainsFunc(words, textstat.Word.HasLetter)
}

// isFullName reports whether the words are those of the name and one more ("Tischlerei Carsten Kosiek").
func isFullName(words []textstat.Word, name string) bool {
	short := textstat.SplitWords(name, false)
	return len(words) == len(short)+1 && !slices.ContainsFunc(short, func(w textstat.Word) bool {
		return !slices.ContainsFunc(words, func(other textstat.Word) bool { return other.Lower == w.Lower })
	})
}

// joints are words that names have instead of "&".
var joints = regexp.MustCompile(`(?i)\s(?:and|und|et|e|y|en)\s`)

// bareKey is the Key of a text without joints and accents ("Cafe Berg" is "Café Berg").
func bareKey(text string) string {
	decomposed := norm.NFD.String(Key(joints.ReplaceAllString(text, " ")))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, decomposed)
}

// minQuestion is the least length of a question that is more than the title of a section ("For whom?"), in words.
const minQuestion = 4

// clock matches a time of day and a postal code: opening hours and addresses are no slogans.
var clock = regexp.MustCompile(`\d[:.h]\d\d\b|\b\d{5}\b`)

// ConsentWords counts the words of consent notices.
func (f Finder) ConsentWords(words []textstat.Word) int { return len(f.consent.Find(words)) }

// IsWide reports whether a letter is of a script that is written without spaces.
func IsWide(r rune) bool { return r >= 0x2E80 }

// Plain is a text in lower case without outer marks.
func Plain(text string) string {
	return strings.ToLower(strings.TrimFunc(strings.Join(strings.Fields(text), " "), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}))
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
