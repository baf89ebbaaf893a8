package persona

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// The bounds of prompts and answers. The material of a prompt has at most 12,000
// runes in all.
const (
	maxTextRunes     = 8000
	maxMeasuredRunes = 2500
	maxTermRunes     = 600
	maxBusinessRunes = 900
	maxAnswerTokens  = 4096
	maxAnswerRunes   = 1000
	maxAnswerItems   = 15
)

const coreInstructions = `Describe the voice of the website as a writing persona, from the material alone.
Take everything from the text, the terms and the measured style; invent no facts, customers, numbers or history. The measured numbers are right: agree with them.
Leave a text empty ("") and a list empty for what the material does not show.
persona_name: a short name for the voice. archetype: one archetype with a few words why. core_belief: what the site stands for, in one sentence. brand_voice_description: two or three sentences.
go_to_words and go_to_phrases must occur in the text; avoid_words must not. Metaphors and analogies: quote one from the text, or leave it empty.
before_after: up to three sentences that show the voice best: after is a whole sentence of website_text, word by word; before says the same, with the same facts and numbers, in the plain words that any other business would use.
Texts have at most 1,000 characters, lists at most 15 entries. Write in the language of the text.`

const platformInstructions = `Adapt the writing persona to %s, from the material alone.
Keep the persona's sentences, words and tone, and the documented rules of the platform. Invent no facts, customers, numbers, statistics or times of day. Leave a text empty ("") and a list empty for what can't be said.
Hashtags and words come from the terms of the site. sample_post: a post of 30 to 120 words in the persona's voice and person, with facts of the text alone, within the documented limits; numbers only as the text has them. Texts have at most 1,000 characters, lists at most 15 entries. Write in the language of the text.`

// CorePrompt asks a model for the words of the core persona; core is the local one.
func (g *Generator) CorePrompt(in onboarding.PersonaSources, core onboarding.CorePersona) onboarding.Prompt {
	return onboarding.Prompt{
		Name: "core_persona", Instructions: coreInstructions, Material: material(in, core, nil),
		Schema: onboarding.SchemaOf(reflect.TypeFor[coreAnswer](), nil), MaxTokens: maxAnswerTokens,
	}
}

// PlatformPrompt asks a model for the words of a platform persona; persona is the local
// one.
func (g *Generator) PlatformPrompt(
	in onboarding.PersonaSources, core onboarding.CorePersona, persona onboarding.PlatformPersona, p onboarding.Platform,
) onboarding.Prompt {
	return onboarding.Prompt{
		Name: "platform_persona_" + string(p), Instructions: fmt.Sprintf(platformInstructions, p),
		Material: material(in, core, &persona), Schema: onboarding.SchemaOf(reflect.TypeOf(newAnswer(p)), nil),
		MaxTokens: maxAnswerTokens,
	}
}

// material returns the site's text and measurements, without empty parts.
func material(
	in onboarding.PersonaSources, core onboarding.CorePersona, persona *onboarding.PlatformPersona,
) []onboarding.Material {
	var parts []onboarding.Material
	add := func(name, text string, limit int) {
		if text = strings.TrimSpace(strings.ReplaceAll(text, "\x00", "")); text != "" {
			parts = append(parts, onboarding.Material{Name: name, Text: clip(text, limit)})
		}
	}
	limit := maxTextRunes
	if persona != nil {
		limit -= maxMeasuredRunes
		add("platform_persona", summary(persona.SentenceMetrics, persona.ContentFormatRules, persona.PlatformBestPractices),
			maxMeasuredRunes)
	}
	add("website_text", in.Analysis.Crawl.Content.MainContent, limit)
	add("terms", strings.Join(termsOf(core), ", "), maxTermRunes)
	add("measured_style", summary(core.LinguisticFingerprint.SentenceMetrics, core.LinguisticFingerprint.LexicalFeatures,
		core.TonalRange, core.StylisticConstraints, core.Identity), maxMeasuredRunes)
	if b := in.Business; b != nil {
		add("business", strings.Join([]string{b.BusinessDescription, b.Industry, b.TargetAudience, b.BusinessGoals}, "\n"),
			maxBusinessRunes)
	}
	return parts
}

// summary encodes parts of a persona as JSON, one per line.
func summary(parts ...any) string {
	lines := make([]string, 0, len(parts))
	for _, part := range parts {
		// Encoding structs of texts, lists and finite numbers can't fail.
		if raw, err := json.Marshal(part); err == nil {
			lines = append(lines, string(raw))
		}
	}
	return strings.Join(lines, "\n")
}
