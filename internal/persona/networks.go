package persona

import (
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// linkedIn fills in the parts that only LinkedIn has, from what the site says about its
// authority, readers and topics. A text does not show how LinkedIn ranks posts, so
// those lists stay empty.
func (a *adaptation) linkedIn(persona *onboarding.PlatformPersona) {
	brand, audience := a.style.BrandAnalysis, a.style.TargetAudience
	groups := audience.Demographics
	persona.LinkedInPersona = &onboarding.LinkedInPersona{
		ProfessionalNetworking: onboarding.ProfessionalNetworking{
			ThoughtLeadershipPositioning: a.topicSentence("Speak about what the site knows best: %s."),
			IndustryAuthorityBuilding:    evidenceSentence("Show what proves competence: %s.", brand.AuthorityIndicators),
			ProfessionalRelationshipStrategies: sentenceList(len(groups) > 0, "Meet the people that the site speaks of: %s.",
				wording.Enumerate(wording.First(groups, 4))),
		},
		Features:  a.linkedInFeatures(),
		Algorithm: onboarding.LinkedInAlgorithm{},
		ProfessionalContext: onboarding.ProfessionalContext{
			IndustrySpecificPositioning: copied(brand.BrandPositioning),
			ExpertiseLevelAdaptation:    copied(audience.ExpertiseLevel),
			BusinessModelAlignment:      copied(a.style.ContentType.Purpose),
			ProfessionalRoleAuthority:   evidenceSentence("The site shows %s.", brand.AuthorityIndicators),
			DemographicTargeting:        append(onboarding.List{}, groups...),
			PsychographicEngagement:     copied(audience.PsychographicProfile),
			ConversionOptimization:      copied(a.style.ContentType.ConversionFocus),
		},
	}
}

func (a *adaptation) linkedInFeatures() onboarding.LinkedInFeatures {
	f := onboarding.LinkedInFeatures{ArticlesStrategy: a.topicSentence("Longer texts as articles, on %s.")}
	if d := a.device("question"); d.Count >= 2 {
		f.PollsOptimization = new("Turn questions that the site asks into polls, for example " + example(d) + ".")
	}
	if occasion := a.occasion(); occasion != "" {
		f.EventsNetworking = new("Announce as events what the site offers: " + occasion + ".")
	}
	if d := a.device("list_of_three"); d.Count >= 2 {
		f.CarouselsEducation = new("Lists of the site make pages of a document, for example " + example(d) + ".")
	}
	return f
}

// evidenceSentence quotes the first two items, nil for none.
func evidenceSentence(format string, items onboarding.List) *string {
	if len(items) == 0 {
		return nil
	}
	var texts []string
	for _, item := range wording.First(items, 2) {
		texts = append(texts, clip(item, 200))
	}
	return new(fmt.Sprintf(format, wording.Enumerate(texts)))
}

// facebook fills in the parts that only Facebook has. A text does not show how Facebook
// ranks posts, so those lists stay empty.
func (a *adaptation) facebook(persona *onboarding.PlatformPersona) {
	audience, identity := a.style.TargetAudience, a.core.Identity
	persona.FacebookPersona = &onboarding.FacebookPersona{
		PersonaName: identity.PersonaName, Archetype: identity.Archetype, CoreBelief: identity.CoreBelief,
		Engagement: onboarding.FacebookEngagement{
			CommunityBuilding: sentenceList(len(audience.Demographics) > 0, "Speak to %s.",
				wording.Enumerate(wording.First(audience.Demographics, 4))),
			ContentEngagement:      a.platformTactics(),
			ConversionOptimization: sentenceList(a.callToAction() != nil, "Posts %s.", valueOf(a.callToAction())),
		},
		Formats: a.facebookFormats(),
		AudienceTargeting: onboarding.FacebookAudience{
			DemographicTargeting: append(onboarding.List{}, audience.Demographics...),
			InterestTargeting:    append(onboarding.List{}, a.m.TopicNames(5)...),
		},
		CommunityBuilding: onboarding.FacebookCommunity{
			EventManagement: sentenceList(a.occasion() != "", "Announce as events what the site offers: %s.", a.occasion()),
		},
		ConfidenceScore: new(100 * a.style.Meta.Confidence),
	}
}

func (a *adaptation) facebookFormats() onboarding.FacebookFormats {
	f := onboarding.FacebookFormats{}
	if d := a.m.ParagraphWords; d != nil {
		f.TextPosts.OptimalLength = new(fmt.Sprintf("about one paragraph of the site: %.0f words (median)", d.Median))
		f.TextPosts.StructureGuidelines = onboarding.List{
			fmt.Sprintf("Open with the subject; paragraphs of about %.0f words.", d.Median),
		}
	}
	if d := a.device("question"); d.Count >= 2 {
		f.TextPosts.HookStrategies = onboarding.List{"Open with a question, as " + example(d) + "."}
		f.VideoPosts.EngagementHooks = onboarding.List{"Begin with the question that the video answers, as " +
			example(d) + "."}
	}
	if d := a.m.SentenceWords; d != nil {
		f.ImagePosts.CaptionStrategies = onboarding.List{
			fmt.Sprintf("Captions in the site's sentences: about %.0f words each.", d.Median),
		}
	}
	f.ImagePosts.ImageGuidelines = onboarding.List{"Describe each picture in its alternative text."}
	if d := a.device("list_of_three"); d.Count >= 2 {
		f.CarouselPosts.SlideStructure = onboarding.List{"One item of a list on each slide, as " + example(d) + "."}
	}
	return f
}
