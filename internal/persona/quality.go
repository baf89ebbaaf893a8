package persona

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// assessment is the version of the formulas in this file.
const assessment = "measured-v2"

// The weights of the overall score.
const (
	weightCore         = 0.30
	weightConsistency  = 0.25
	weightOptimization = 0.25
	weightLinguistic   = 0.20
)

// reliableWords is the amount of running text at which a fingerprint is half reliable,
// as in the confidence of the analysis.
const reliableWords = 400

// lowScore is the score below which a recommendation is made.
const lowScore = 70

// Quality scores the personas, 0 to 100 each:
//
//	overall_score         .30 core + .25 consistency + .25 optimization + .20 linguistic
//	core_completeness     share of the fields of the core persona that are filled
//	platform_consistency  mean over the platforms: .6 for the sentences of the sample post that are the
//	                      site's (a foreign one costs twice its share), .3 for its voice score, .1 for
//	                      the share of consistencyChecks passed
//	platform_optimization mean over the platforms of the share of optimizationChecks passed:
//	                      the platform's documented rules, and what the site gives to write by
//	linguistic_quality    LinguisticMatch of the core persona and the measured text of
//	                      the sources, times the reliability w / (w + 400) for w words
//
// Without a platform, or without measured text, the scores that need them are 0.
// Recommendations name what lowers a score.
func (g *Generator) Quality(in onboarding.PersonaSources, core onboarding.CorePersona,
	platforms map[onboarding.Platform]onboarding.PlatformPersona,
) onboarding.QualityMetrics {
	q := onboarding.QualityMetrics{AssessmentMethod: assessment}
	q.DetailedMetrics = onboarding.DetailedMetrics{
		Weights: map[string]float64{
			"core_completeness": weightCore, "platform_consistency": weightConsistency,
			"platform_optimization": weightOptimization, "linguistic_quality": weightLinguistic,
		},
		Platforms: map[onboarding.Platform]onboarding.PlatformDetail{},
	}
	fields, missing := withoutHouse(leaves(&core))
	q.DetailedMetrics.CoreFields, q.DetailedMetrics.CoreFilled = len(fields), len(fields)-len(missing)
	q.DetailedMetrics.CoreMissing, q.CoreCompleteness = missing, share(len(fields)-len(missing), len(fields))
	scorePlatforms(newSiteText(in, core), core, platforms, &q)
	q.LinguisticInsights, q.LinguisticQuality = linguistic(core, in.Analysis.Measured)
	q.OverallScore = int(math.Round(weightCore*float64(q.CoreCompleteness) +
		weightConsistency*float64(q.PlatformConsistency) +
		weightOptimization*float64(q.PlatformOptimization) + weightLinguistic*float64(q.LinguisticQuality)))
	q.Recommendations = recommendations(q, len(platforms))
	q.RaisedBy = raisedBy(q, len(platforms))
	g.overall.Observe(float64(q.OverallScore))
	return q
}

// withoutHouse leaves out the house style, for a site that shows no date lacks nothing, and what only a model writes.
func withoutHouse(fields, missing onboarding.List) (onboarding.List, onboarding.List) {
	isHouse := func(path string) bool {
		return strings.HasPrefix(path, "style_guide.house_style.") || path == rewritesPath
	}
	return slices.DeleteFunc(fields, isHouse), slices.DeleteFunc(missing, isHouse)
}

// share returns a part in percent, 0 for an empty whole.
func share(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return int(math.Round(100 * float64(part) / float64(whole)))
}

func scorePlatforms(
	site siteText, core onboarding.CorePersona, platforms map[onboarding.Platform]onboarding.PlatformPersona,
	q *onboarding.QualityMetrics,
) {
	consistency, optimization, n := 0, 0, 0
	for _, name := range onboarding.Platforms() {
		persona, ok := platforms[name]
		if !ok {
			continue
		}
		c := checked{core, persona, platformRules[name], name.Limits(), site}
		kept, missedCore, raise := c.consistency()
		used, missedRules := c.run(optimizationChecks)
		for _, missing := range missedRules {
			raise = append(raise, addPrefix+missing)
		}
		q.DetailedMetrics.Platforms[name] = onboarding.PlatformDetail{
			Consistency: kept, Optimization: used, Missed: append(append(onboarding.List{}, missedCore...), missedRules...),
			RaisedBy: append(onboarding.List{}, raise...),
		}
		consistency, optimization, n = consistency+kept, optimization+used, n+1
	}
	if n > 0 {
		q.PlatformConsistency = int(math.Round(float64(consistency) / float64(n)))
		q.PlatformOptimization = int(math.Round(float64(optimization) / float64(n)))
	}
}

// linguistic compares the core persona with the text of its sources.
func linguistic(core onboarding.CorePersona, text onboarding.Measurements) (onboarding.LinguisticInsights, int) {
	insights := onboarding.LinguisticInsights{Features: map[string]float64{}, MeasuredWords: text.ProseWords}
	if text.ProseWords == 0 {
		return insights, 0
	}
	words := float64(text.ProseWords)
	insights.Reliability = math.Round(100*words/(words+reliableWords)) / 100
	score, features := match(core, text)
	if len(features) == 0 {
		return insights, 0
	}
	insights.Match, insights.Features = &score, features
	return insights, int(math.Round(score * insights.Reliability))
}

// recommendations name, lowest score first, what to do about scores below lowScore,
// and which fields of the core persona are empty.
func recommendations(q onboarding.QualityMetrics, platforms int) onboarding.List {
	type advice struct {
		score int
		text  string
	}
	all := []advice{
		{q.CoreCompleteness, fmt.Sprintf("%d of %d fields of the core persona are empty; fill in what you know, "+
			"above all %s.",
			len(q.DetailedMetrics.CoreMissing), q.DetailedMetrics.CoreFields,
			wording.Enumerate(wording.First(q.DetailedMetrics.CoreMissing, 3)))},
		{q.PlatformConsistency, "Bring the platform personas nearer to the core persona: " +
			missed(q, consistencyChecks) + "."},
		{q.PlatformOptimization, "Say more about the platforms: " + missed(q, optimizationChecks) + "."},
		{q.LinguisticQuality, fmt.Sprintf("Have more text analysed: the persona rests on %s.",
			plural(q.LinguisticInsights.MeasuredWords, "word"))},
	}
	if q.LinguisticInsights.Match != nil && *q.LinguisticInsights.Match < lowScore {
		all[3].text = fmt.Sprintf("The persona reads unlike the text of the site (match %.0f of 100); generate it again.",
			*q.LinguisticInsights.Match)
	}
	if platforms == 0 {
		all[1].text, all[2] = "Choose at least one platform and generate its persona.", advice{score: lowScore}
	}
	slices.SortStableFunc(all, func(a, b advice) int { return a.score - b.score })
	list := onboarding.List{}
	for _, a := range all {
		if a.score < lowScore {
			list = append(list, a.text)
		}
	}
	if missing := q.DetailedMetrics.CoreMissing; len(missing) > 0 && q.CoreCompleteness >= lowScore {
		list = append(list,
			fmt.Sprintf("Fill in what the site does not show: %s.", wording.Enumerate(wording.First(missing, 5))))
	}
	return list
}

// raisedBy says for each score below 100 what would raise it.
func raisedBy(q onboarding.QualityMetrics, platforms int) map[string]string {
	raise := map[string]string{}
	add := func(name string, score int, text string) {
		if score < 100 {
			raise[name] = text
		}
	}
	add("core_completeness", q.CoreCompleteness,
		"Fill in "+wording.Enumerate(wording.First(q.DetailedMetrics.CoreMissing, 3))+".")
	add("linguistic_quality", q.LinguisticQuality, fmt.Sprintf(
		"Have more text analysed than %s, or bring the persona back to the text.",
		plural(q.LinguisticInsights.MeasuredWords, "word")))
	if platforms == 0 {
		return raise
	}
	isRule := func(text string) bool { return strings.HasPrefix(text, addPrefix) }
	isText := func(text string) bool { return !isRule(text) }
	add("platform_consistency", q.PlatformConsistency,
		worst(q.DetailedMetrics.Platforms, func(d onboarding.PlatformDetail) int { return d.Consistency }, isText))
	add("platform_optimization", q.PlatformOptimization,
		worst(q.DetailedMetrics.Platforms, func(d onboarding.PlatformDetail) int { return d.Optimization }, isRule))
	return raise
}

// addPrefix begins what a platform's optimization lacks.
const addPrefix = "add: "

// worst says what would raise a score most: the first advice of a kind for the platform with the lowest one.
func worst(
	details map[onboarding.Platform]onboarding.PlatformDetail, score func(onboarding.PlatformDetail) int,
	kind func(string) bool,
) string {
	var name onboarding.Platform
	at := -1
	for _, p := range onboarding.Platforms() {
		d, ok := details[p]
		i := slices.IndexFunc(d.RaisedBy, kind)
		if ok && i >= 0 && (name == "" || score(d) < score(details[name])) {
			name, at = p, i
		}
	}
	if name == "" {
		return "Rewrite the sample posts nearer to the site's passages."
	}
	return fmt.Sprintf("On %s, %s.", name, strings.TrimRight(details[name].RaisedBy[at], "."))
}
