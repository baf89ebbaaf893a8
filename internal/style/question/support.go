package question

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// unsupportedCode is the code of the warning about what a model said without support.
const unsupportedCode = "model_unsupported"

// audiencePath is the path of the groups that the pages must name.
const audiencePath = "target_audience.demographics"

// industryPath is the path of the industry, which must agree with the measured one or stand on the pages.
const industryPath = "target_audience.industry_focus"

// support checks what a model says of a website against its pages and measurements.
type support struct {
	// text holds the texts of the pages, folded; whole reports whether nothing is cut.
	text  string
	whole bool
	// measured are the local labels by path.
	measured map[string]string
	// dropped are the paths of what had no support, each with the reason.
	dropped []string
}

// newSupport collects what is known of the pages. A text that a user handed in has no
// pages to compare with: whole is false then.
func newSupport(a onboarding.Analysis) *support {
	content := a.Crawl.Content
	parts := append([]string{content.Title, content.Description, content.MainContent}, content.Headings...)
	for _, p := range a.Crawl.Pages {
		parts = append(parts, p.Title)
	}
	return &support{
		text: foldText(strings.Join(parts, "\n")),
		// The crawl result cuts the main content with three dots.
		whole: a.Crawl.URL != "" && content.MainContent != "" && !strings.HasSuffix(content.MainContent, "..."),
		measured: map[string]string{
			"writing_style.tone":                a.Style.WritingStyle.Tone.Label(),
			"recommended_settings.writing_tone": a.Style.WritingStyle.Tone.Label(),
			"writing_style.emotional_appeal":    a.Style.WritingStyle.EmotionalAppeal.Label(),
			industryPath:                        a.Style.TargetAudience.IndustryFocus.Label(),
		},
	}
}

// foldText is a text in lower case with plain quotation marks and single spaces.
func foldText(text string) string {
	text = strings.NewReplacer("’", "'", "‘", "'", "“", "\"", "”", "\"", "…", "").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

// opposites are words of labels that exclude each other.
var opposites = [][2][]string{
	{{"formal"}, {"informal", "casual", "conversational", "colloquial"}},
	{{"positive", "warm", "enthusiastic", "cheerful"}, {"negative", "serious", "gloomy", "pessimistic", "aggressive"}},
}

// allows reports whether the pages and measurements support a text for the value at path,
// and notes the reason where they don't.
func (s *support) allows(path, text string) bool {
	reason := ""
	switch {
	case contradicts(s.measured[path], text):
		reason = "contradicts what was measured"
	case path == industryPath && s.whole && s.measured[path] != "" && !akin(s.measured[path], text) && !s.names(text):
		reason = "is neither the measured one nor named on a page"
	case s.whole && !s.quotesStand(text):
		reason = "quotes what no page says"
	case s.whole && path == audiencePath && !s.names(text):
		reason = "names people whom no page names"
	default:
		return true
	}
	s.dropped = append(s.dropped, path+" "+reason)
	return false
}

// akin reports whether two labels share the beginning of a longer word.
func akin(a, b string) bool {
	return slices.ContainsFunc(wordsOf(a), func(word string) bool {
		return utf8.RuneCountInString(word) >= minNamed-1 && slices.ContainsFunc(wordsOf(b), func(other string) bool {
			return strings.HasPrefix(other, string([]rune(word)[:min(utf8.RuneCountInString(word), minNamed)]))
		})
	})
}

// contradicts reports whether a label has a word that a measured one excludes.
func contradicts(measured, text string) bool {
	return slices.ContainsFunc(opposites, func(pair [2][]string) bool {
		a, b := wordsOf(measured), wordsOf(text)
		return holdsAny(a, pair[0]) && !holdsAny(a, pair[1]) && holdsAny(b, pair[1]) && !holdsAny(b, pair[0]) ||
			holdsAny(a, pair[1]) && !holdsAny(a, pair[0]) && holdsAny(b, pair[0]) && !holdsAny(b, pair[1])
	})
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
}

func holdsAny(words, any []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(any, word) })
}

// quoted matches what stands in quotation marks and is long enough to be a quotation.
var quoted = regexp.MustCompile(`[“"]([^“”"]{12,})[”"]`)

// quotesStandFor is quotesStand where all of the text is known, and notes the reason.
func (s *support) quotesStandFor(path, text string) bool {
	if s.whole && !s.quotesStand(text) {
		s.dropped = append(s.dropped, path+" quotes what no page says")
		return false
	}
	return true
}

func (s *support) quotesStand(text string) bool {
	for _, match := range quoted.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(s.text, strings.TrimRight(foldText(match[1]), " .")) {
			return false
		}
	}
	return true
}

// minNamed is how many letters of a word a page must show.
const minNamed = 5

// names reports whether a page has a word that begins like a longer word of the text.
func (s *support) names(text string) bool {
	return slices.ContainsFunc(wordsOf(text), func(word string) bool {
		if utf8.RuneCountInString(word) < minNamed-1 {
			return false
		}
		runes := []rune(word)
		return strings.Contains(s.text, string(runes[:min(len(runes), minNamed)]))
	})
}

// warning is the warning about what was left out, if anything was.
func (s *support) warning() []onboarding.Warning {
	if len(s.dropped) == 0 {
		return nil
	}
	slices.Sort(s.dropped)
	return []onboarding.Warning{{Code: unsupportedCode, Message: fmt.Sprintf(
		"Some of what the model said was left out: %s.", strings.Join(slices.Compact(s.dropped), "; "))}}
}
