package style

import (
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
)

// rule defines how one value of the analysis is determined. A judged value has value or list, which return nothing
// when the evidence is too weak. Values that are measured, copied from the pages or left to a model have neither.
type rule struct {
	path      string
	languages languages
	// least is the number of words of prose that the rule needs.
	least int
	value func(*evidence) onboarding.Judged
	list  func(*evidence) []string
	// website means that the rule needs the pages of a website.
	website bool
	// stated returns the value that the user stated, which makes text unnecessary; it
	// may be nil.
	stated func(onboarding.TextSource) string
	// missing is the reason for an empty value; why, if it is set, has a better one for some texts.
	missing string
	why     func(*evidence) string
}

// languages are the languages that a rule is valid for; covers is nil for all. reason says why the rule is not applied
// to text in another one.
type languages struct {
	reason string
	covers func(onboarding.TextLanguage) bool
}

// condition adds to a rule what it needs of a site or text.
type condition func(*rule)

// The languages that rules are valid for.
var (
	english = in("This is only measured for English text", isEnglish)
	spaced  = in("This is only measured for languages that separate words by spaces",
		func(l onboarding.TextLanguage) bool { return l.Spaced })
	alphabetic = in("This is only measured for languages that are written with an alphabet",
		func(l onboarding.TextLanguage) bool { return textstat.Alphabetic(l.Code) })
	listed = in("This is only measured for languages with a word list (en, de, fr, es, it, pt, nl, pl, sv, ru)",
		inCodes("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "ru"))
	voiced = in("The voice is only measured for English, German, French, Spanish, Portuguese and Italian text",
		inCodes("en", "de", "fr", "es", "pt", "it"))
	sixLanguages = in("This is only measured for English, German, French, Spanish, Italian and Portuguese text",
		inCodes("en", "de", "fr", "es", "it", "pt"))
	polite = in("This is only measured for languages with a polite form of address that is listed (de, "+
		"fr, es, nl, pl, ru)",
		inCodes("de", "fr", "es", "nl", "pl", "ru"))
)

// The least amounts of running text.
var (
	ratioWords   = words(textstat.MinRatioWords)
	labelWords   = words(textstat.MinLabelWords)
	profileWords = words(textstat.MinProfileWords)
	windowWords  = words(textstat.MattrWindow)
)

func isEnglish(l onboarding.TextLanguage) bool { return textstat.RulesOf(l) == textstat.English }

func inCodes(codes ...string) func(onboarding.TextLanguage) bool {
	return func(l onboarding.TextLanguage) bool { return slices.Contains(codes, textstat.RulesOf(l)) }
}

func in(reason string, covers func(onboarding.TextLanguage) bool) condition {
	return func(r *rule) { r.languages = languages{reason, covers} }
}

func words(least int) condition { return func(r *rule) { r.least = least } }

func website(r *rule) { r.website = true }

// unlessStated lifts the other conditions where the user stated the value.
func unlessStated(stated func(onboarding.TextSource) string) condition {
	return func(r *rule) { r.stated = stated }
}

func statedIndustry(t onboarding.TextSource) string { return t.Industry }
func statedAudience(t onboarding.TextSource) string { return t.Audience }
func statedGoals(t onboarding.TextSource) string    { return t.Goals }

// explained gives a rule a reason that depends on the text.
func explained(why func(*evidence) string) condition {
	return func(r *rule) { r.why = why }
}

// unjudged is the rule of a value that no local rule judges.
func unjudged(path, missing string, conditions ...condition) rule {
	r := rule{path: path, missing: missing}
	for _, apply := range conditions {
		apply(&r)
	}
	return r
}

func value(path string, judge func(*evidence) onboarding.Judged, missing string, conditions ...condition) rule {
	r := unjudged(path, missing, conditions...)
	r.value = judge
	return r
}

func list(path string, judge func(*evidence) []string, missing string, conditions ...condition) rule {
	r := unjudged(path, missing, conditions...)
	r.list = judge
	return r
}

// NoModel is the reason for empty values that only a model can judge.
const NoModel = "Only a language model can judge this; none was used."

// JudgedPaths are the paths of the style, patterns and guidelines that the analyzer fills, in the order of the
// document.
func (a *Analyzer) JudgedPaths() []string {
	var paths []string
	for _, r := range a.activeRules() {
		paths = append(paths, r.path)
	}
	return paths
}

// LocalPaths are the paths of the judged values that are filled without a model.
func LocalPaths() []string {
	var paths []string
	for _, r := range judgedRules {
		if r.value != nil || r.list != nil {
			paths = append(paths, r.path)
		}
	}
	return paths
}

// activeRules are the rules of the style, patterns and guidelines that this analyzer
// runs.
func (a *Analyzer) activeRules() []rule {
	return slices.DeleteFunc(slices.Clone(judgedRules), func(r rule) bool { return !a.Fills(r.path) })
}

// Fills reports whether the analysis has the section of the value at path: Config.Brand
// turns the brand analysis and the strategy insights on.
func (a *Analyzer) Fills(path string) bool {
	section, _, _ := strings.Cut(path, ".")
	return a.cfg.Brand || (section != "brand_analysis" && section != "content_strategy_insights")
}
