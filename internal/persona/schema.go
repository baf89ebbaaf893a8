package persona

import "github.com/alwrity/onboarding/internal/onboarding"

// coreAnswer is a model's answer for a core persona: words, never numbers.
type coreAnswer struct {
	Identity    onboarding.PersonaIdentity `json:"identity"`
	Fingerprint struct {
		Lexical struct {
			GoToWords   onboarding.List `json:"go_to_words"`
			GoToPhrases onboarding.List `json:"go_to_phrases"`
			AvoidWords  onboarding.List `json:"avoid_words"`
		} `json:"lexical_features"`
		Devices onboarding.RhetoricalDevices `json:"rhetorical_devices"`
	} `json:"linguistic_fingerprint"`
	TonalRange onboarding.TonalRange `json:"tonal_range"`
	Rewrites   []onboarding.Rewrite  `json:"before_after"`
}

// platformAnswer is a model's answer for a platform persona. It has no limits, which are
// documented, and no posting times, which a model can't know.
type platformAnswer struct {
	Lexical onboarding.LexicalAdaptations `json:"lexical_adaptations"`
	Format  struct {
		ParagraphStructure *string `json:"paragraph_structure"`
		CallToActionStyle  *string `json:"call_to_action_style"`
		LinkPlacement      *string `json:"link_placement"`
	} `json:"content_format_rules"`
	Engagement struct {
		EngagementTactics    onboarding.List `json:"engagement_tactics"`
		CommunityInteraction *string         `json:"community_interaction"`
	} `json:"engagement_patterns"`
	Practices onboarding.List `json:"platform_best_practices"`
	// Sample is a post of at least 30 words.
	Sample *string `json:"sample_post"`
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
