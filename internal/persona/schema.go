package persona

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// coreAnswer is a model's answer for a core persona: words, never numbers.
type coreAnswer struct {
	Identity    onboarding.PersonaIdentity `json:"identity"`
	Fingerprint coreAnswerFingerprint      `json:"linguistic_fingerprint"`
	TonalRange  onboarding.TonalRange      `json:"tonal_range"`
}

type coreAnswerFingerprint struct {
	Lexical coreAnswerLexical            `json:"lexical_features"`
	Devices onboarding.RhetoricalDevices `json:"rhetorical_devices"`
}

type coreAnswerLexical struct {
	GoToWords   onboarding.List `json:"go_to_words"`
	GoToPhrases onboarding.List `json:"go_to_phrases"`
	AvoidWords  onboarding.List `json:"avoid_words"`
}

// platformAnswer is a model's answer for a platform persona. It has no limits, which are
// documented, and no posting times, which a model can't know.
type platformAnswer struct {
	Lexical    onboarding.LexicalAdaptations `json:"lexical_adaptations"`
	Format     platformAnswerFormat          `json:"content_format_rules"`
	Engagement platformAnswerEngagement      `json:"engagement_patterns"`
	Practices  onboarding.List               `json:"platform_best_practices"`
}

// answer is a model's answer for any platform: a platformAnswer, alone or embedded in a
// larger one.
type answer interface {
	common() *platformAnswer
	// merge fills gaps in the parts of a persona that only its platform has.
	merge(persona *onboarding.PlatformPersona)
}

// newAnswer returns an empty answer for p.
func newAnswer(p onboarding.Platform) answer {
	if asked := platformRules[p].answer; asked != nil {
		return asked()
	}
	return &platformAnswer{}
}

func (a *platformAnswer) common() *platformAnswer { return a }

func (*platformAnswer) merge(*onboarding.PlatformPersona) {}

type platformAnswerFormat struct {
	ParagraphStructure *string `json:"paragraph_structure"`
	CallToActionStyle  *string `json:"call_to_action_style"`
	LinkPlacement      *string `json:"link_placement"`
}

type platformAnswerEngagement struct {
	EngagementTactics    onboarding.List `json:"engagement_tactics"`
	CommunityInteraction *string         `json:"community_interaction"`
}

type linkedInAnswer struct {
	platformAnswer
	Networking onboarding.ProfessionalNetworking `json:"professional_networking"`
	Features   onboarding.LinkedInFeatures       `json:"linkedin_features"`
	Context    onboarding.ProfessionalContext    `json:"professional_context_optimization"`
}

type facebookAnswer struct {
	platformAnswer
	Engaging  onboarding.FacebookEngagement `json:"facebook_engagement_strategies"`
	Formats   onboarding.FacebookFormats    `json:"facebook_content_formats"`
	Community onboarding.FacebookCommunity  `json:"facebook_community_building"`
}

// schemaOf returns the JSON Schema of an answer in the subset that every provider
// accepts: only texts and lists of texts, all properties required, no others allowed.
// An unknown text is empty, not null: Anthropic accepts at most 16 union types.
func schemaOf(t reflect.Type) json.RawMessage {
	// A schema of maps, texts and lists can't fail to be encoded.
	raw, _ := json.Marshal(shapeOf(t))
	return raw
}

func shapeOf(t reflect.Type) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"type": "string"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
	}
	properties, required := map[string]any{}, []string{}
	collect(t, properties, &required)
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func collect(t reflect.Type, properties map[string]any, required *[]string) {
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			collect(field.Type, properties, required)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		properties[name] = shapeOf(field.Type)
		*required = append(*required, name)
	}
}
