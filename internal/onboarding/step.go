package onboarding

import (
	"fmt"
	"slices"
	"strings"
)

// The names of the findings that Inputs are built from.
const (
	FindingCompetitors     = "competitors"
	FindingSummary         = "researchSummary"
	FindingSitemap         = "sitemapAnalysis"
	FindingIndustryContext = "industryContext"
)

// MaxFindingItems bounds the lists of findings: competitors, citations.
const MaxFindingItems = 100

// StepNumber is the number of a step, from 1.
type StepNumber int

// The steps, in the order in which the wizard shows them. StepFinish is the last.
const (
	StepProviders StepNumber = iota + 1
	StepWebsite
	StepResearch
	StepPersonalization
	StepIntegrations
	StepFinish
)

// StepCount is the number of steps. StepFinish has that number.
const StepCount = 6

// StepInfo is a row of the table of steps.
type StepInfo struct {
	Number StepNumber
	// Title and Description are what people are shown.
	Title       string
	Description string

	skippable, queued bool
	needs             []StepNumber
	rules             []FieldRule
}

const besideText = "May stand beside business_description or text_sample."

// steps is the table of steps. A step is required if StepFinish needs it. The code that
// checks submitted data reads the same bounds as the rules; a rule that spans several
// fields stands in a note.
var steps = [StepCount]StepInfo{
	{
		Number: StepProviders, Title: "AI LLM Providers",
		Description: "Store the API keys of the model providers that write for you.",
		skippable:   true,
		rules: []FieldRule{
			{
				Field: "api_keys", Type: "object", Required: true,
				Note: "The keys by provider, as text or as an object of api_key, base_url and model. Afterwards at least one " +
					"language model provider must have a key.",
			},
		},
	},
	{
		Number: StepWebsite, Title: "Website Analysis",
		Description: "Analyse your website to learn how you write and for whom.",
		queued:      true,
		rules: []FieldRule{
			{
				Field: "website", Type: "url", Max: maxAddressRunes,
				Note: "The http or https address of the website. It or one of the following is required.",
			},
			{
				Field: "business_description", Type: "text", Min: minDescriptionRunes, Max: maxDescriptionRunes,
				Note: "For users without a website: what the business does.",
			},
			{
				Field: "text_sample", Type: "text", Min: minSampleRunes, Max: maxSampleRunes,
				Note: "For users without a website: a text that shows how they write.",
			},
			{Field: "industry", Type: "text", Max: maxIndustryRunes, Note: besideText},
			{Field: "target_audience", Type: "text", Max: maxAudienceRunes, Note: besideText},
			{Field: "business_goals", Type: "text", Max: maxGoalsRunes, Note: besideText},
			{Field: "analysis", Type: "object", Note: "A finished analysis, which is stored in the place of a new one."},
		},
	},
	{
		Number: StepResearch, Title: "AI Research",
		Description: "Choose how deeply and for which kinds of content to research.",
		skippable:   true,
		rules: []FieldRule{
			{
				Field: "research_depth", Type: "text", Values: ResearchDepths,
				Note: "How deeply to research; Standard the first time, then kept.",
			},
			{
				Field: "content_types", Type: "list", Min: 1, Max: maxContentTypes,
				Note: "What to research for; Blog Posts the first time, then kept.",
			},
			{
				Field: "auto_research", Type: "boolean",
				Note: "Whether to research without being asked; true the first time, then kept.",
			},
			{
				Field: "factual_content", Type: "boolean",
				Note: "Whether content must be backed by facts; true the first time, then kept.",
			},
			{
				Field: FindingCompetitors, Type: "list", Max: MaxFindingItems,
				Note: "The competitors that were found, as objects.",
			},
			{Field: FindingSummary, Type: "object", Note: "What was concluded from the competitors."},
			{Field: FindingSitemap, Type: "object", Note: "What the sitemap of the website showed."},
		},
	},
	{
		Number: StepPersonalization, Title: "Personalization",
		Description: "Generate the personas that write in your voice on each platform.",
		queued:      true, needs: []StepNumber{StepWebsite},
		rules: []FieldRule{
			{
				Field: "corePersona", Type: "object",
				Note: "A finished core persona with an object identity; with platformPersonas it is stored.",
			},
			{Field: "platformPersonas", Type: "object", Note: "The finished personas by platform, at least one."},
			{Field: "qualityMetrics", Type: "object", Note: "The quality of the finished personas."},
			{
				Field: "selectedPlatforms", Type: "list", Values: Texts(Platforms()),
				Note: "The platforms; alone, personas are generated for them: linkedin and blog if the list is empty.",
			},
			{
				Field: "brandAvatar", Type: "object",
				Note: "Whether there is a picture, and its address; kept beside the personas.",
			},
			{Field: "voiceClone", Type: "object", Note: "The same of a voice."},
			{Field: "introVideo", Type: "object", Note: "The same of a video."},
		},
	},
	{
		Number: StepIntegrations, Title: "Integrations", Description: "Connect the platforms that you publish on.",
		skippable: true,
		rules: []FieldRule{
			{Field: "integrations", Type: "object", Note: "What was connected; every other field is kept as well, keys never."},
		},
	},
	{
		Number: StepFinish, Title: "Complete Setup", Description: "Review everything and finish.",
		needs: []StepNumber{StepWebsite, StepResearch, StepPersonalization},
	},
}

// Valid reports whether n is the number of a step.
func (n StepNumber) Valid() bool { return n >= 1 && n <= StepCount }

// Info returns the row of step n, which must be valid.
func (n StepNumber) Info() StepInfo { return steps[n-1] }

// wizardNames are the names under which the ALwrity wizard carries what other steps own from step to step, beside the
// names of their rules and of a flat analysis.
var wizardNames = []string{
	"website_url", "websiteUrl", "userUrl", "domainName", "businessData", "websiteAnalysis", "style_analysis",
	"crawl_result", "useAnalysisForGenAI", "analysis_id", "competitorResearch", "sitemap_analysis", "research_summary",
	"social_media_accounts", "industryContext", "analysisTimestamp", "selected_platforms", "core_persona",
	"platform_personas", "quality_metrics", "deepCompetitorAnalysis",
}

// OwnedElsewhere reports whether a field of submitted data belongs to another step than n. API keys are taken out of
// documents wherever they stand, and are not meant here.
func (n StepNumber) OwnedElsewhere(field string) bool {
	names := func(rule FieldRule) bool { return rule.Field == field }
	for _, step := range steps {
		if slices.ContainsFunc(step.rules, names) {
			return step.Number != n && step.Number != StepProviders
		}
	}
	return slices.Contains(wizardNames, field) || slices.Contains(flatNames(), field)
}

// Rules returns the validation rules of the data of step n, which must be valid.
func (n StepNumber) Rules() []FieldRule { return slices.Clone(steps[n-1].rules) }

// Skippable reports whether step n may be skipped.
func (n StepNumber) Skippable() bool { return steps[n-1].skippable }

// Queued reports whether queued work completes step n, which then holds its result.
func (n StepNumber) Queued() bool { return steps[n-1].queued }

// Required reports whether step n must be done to finish. Skipping it counts as well.
func (n StepNumber) Required() bool { return slices.Contains(steps[StepFinish-1].needs, n) }

// Missing returns the steps that must be done before step n and are not, in order. The
// session holds all steps; only their status and result are read.
func (n StepNumber) Missing(session [StepCount]Step) []Step {
	var missing []Step
	for _, needed := range steps[n-1].needs {
		if step := session[needed-1]; !step.Done() {
			missing = append(missing, step)
		}
	}
	return missing
}

// Label names step n after the word "step": "2 (Website Analysis)".
func (n StepNumber) Label() string { return fmt.Sprintf("%d (%s)", n, n.Info().Title) }

// StepsWhere returns the steps that are chosen, in order.
func StepsWhere(chosen func(StepNumber) bool) []StepNumber {
	var numbers []StepNumber
	for n := StepNumber(1); n.Valid(); n++ {
		if chosen(n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// ListSteps lists the numbers of the chosen steps for a sentence: "1, 3 and 5".
func ListSteps(chosen func(StepNumber) bool) string {
	numbers := StepsWhere(chosen)
	list := strings.Builder{}
	for i, n := range numbers {
		switch {
		case i == 0:
		case i == len(numbers)-1:
			list.WriteString(" and ")
		default:
			list.WriteString(", ")
		}
		fmt.Fprint(&list, n)
	}
	return list.String()
}
