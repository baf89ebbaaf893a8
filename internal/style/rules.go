package style

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
)

// rule defines how one value of the analysis is determined. A judged value has value
// or list, which return nothing when the evidence is too weak. Measured values and
// those that only a model can judge have neither.
type rule struct {
	path      string
	languages languages
	// least is the number of words of prose that the rule needs.
	least int
	value func(*evidence) onboarding.Judged
	list  func(*evidence) []string
	// siteOnly rules need the pages of a website.
	siteOnly bool
	// stated returns the value that the user stated, which makes text unnecessary; it
	// may be nil.
	stated func(onboarding.TextSource) string
	// method is the rule in words: formula, threshold, source.
	method string
	// missing is the reason for an empty value.
	missing string
}

// languages are the languages that a rule is valid for; covers is nil for all.
type languages struct {
	name, reason string
	covers       func(onboarding.TextLanguage) bool
}

func forAll() languages { return languages{name: "all"} }

func forEnglish() languages {
	return languages{"en", "This is only measured for English text", func(l onboarding.TextLanguage) bool { return l.Code == textstat.English }}
}

func forSpaced() languages {
	return languages{"all that separate words by spaces", "This is only measured for languages that separate words by spaces", func(l onboarding.TextLanguage) bool { return l.Spaced }}
}

func forAlphabets() languages {
	return languages{"all with an alphabet", "This is only measured for languages that are written with an alphabet", func(l onboarding.TextLanguage) bool { return textstat.Alphabetic(l.Code) }}
}

// forCodes covers the languages of some codes; reason has a %s for the codes.
func forCodes(reason string, codes ...string) languages {
	names := strings.Join(codes, ", ")
	return languages{names, fmt.Sprintf(reason, names), func(l onboarding.TextLanguage) bool { return slices.Contains(codes, l.Code) }}
}

func forListed() languages {
	return forCodes("This is only measured for languages with a word list (%s)", "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "ru")
}

// forPolite covers English and the languages of forPoliteOnly.
func forPolite() languages {
	polite := forPoliteOnly()
	return languages{"en, " + polite.name, "This is only measured for English and for languages with a polite form of address that is listed (" + polite.name + ")", func(l onboarding.TextLanguage) bool {
		return l.Code == textstat.English || polite.covers(l)
	}}
}

func forPoliteOnly() languages {
	return forCodes("This is only measured for languages with a polite form of address that is listed (%s)", "de", "fr", "es", "nl", "pl", "ru")
}

// Rule is one line of the documentation of the analysis.
type Rule struct {
	// Field is the dotted JSON path of the value within the analysis, the leading
	// "style_analysis." left out, "[]" after a list and "*" for the keys of a map.
	Field string
	// Method is the rule with its formula, thresholds and source, or ModelOnly.
	Method string
	// Languages names the languages that the rule is valid for.
	Languages string
}

func (r rule) documented() Rule {
	return Rule{Field: r.path, Method: r.method, Languages: r.languages.name}
}

// ModelOnly is the method of values that need a language model.
const ModelOnly = "model only"

// Rules documents every value of the analysis, in the order of the document.
func Rules() []Rule {
	var out []Rule
	for _, r := range slices.Concat(judgedRules(), metaRules(), crawlRules(), measuredRules()) {
		out = append(out, r.documented())
	}
	whole := out
	for _, r := range measuredDetails() {
		out = append(out, Rule{Field: r.path, Method: r.method, Languages: languagesOfWhole(r, whole)})
	}
	return out
}

// languagesOfWhole are the languages of the value that r is a part of, or its own.
func languagesOfWhole(r rule, whole []Rule) string {
	for _, w := range whole {
		if rest, ok := strings.CutPrefix(r.path, w.Field); ok && (rest[0] == '.' || rest[0] == '[') {
			return w.Languages
		}
	}
	return r.languages.name
}

// LocalRules returns the values of the style, patterns and guidelines that are
// filled without a model, by path.
func LocalRules() map[string]Rule {
	out := map[string]Rule{}
	for _, r := range judgedRules() {
		if r.value != nil || r.list != nil {
			out[r.path] = r.documented()
		}
	}
	return out
}

// activeRules are the rules of the style, patterns and guidelines that this analyzer
// runs.
func (a *Analyzer) activeRules() []rule {
	return slices.DeleteFunc(judgedRules(), func(r rule) bool { return !a.Fills(r.path) })
}

// Fills reports whether the analysis has the section of the value at path: Config.Brand
// turns the brand analysis and the strategy insights on.
func (a *Analyzer) Fills(path string) bool {
	section, _, _ := strings.Cut(path, ".")
	return a.cfg.Brand || (section != "brand_analysis" && section != "content_strategy_insights")
}

func statedIndustry(t onboarding.TextSource) string { return t.Industry }
func statedAudience(t onboarding.TextSource) string { return t.Audience }
func statedGoals(t onboarding.TextSource) string    { return t.Goals }

// judgedRules are the rules of the style, patterns and guidelines.
func judgedRules() []rule {
	return slices.Concat(writingRules(), characteristicRules(), audienceRules(), contentRules(), settingRules(), brandRules(), insightRules(), patternRules(), guidelineRules())
}

// NoModel is the reason for empty values that only a model can judge.
const NoModel = "Only a language model can judge this; none was used."

// modelRule is the rule of a value that only a model can judge.
func modelRule(path string) rule {
	return rule{path: path, languages: forAll(), method: ModelOnly, missing: NoModel}
}
