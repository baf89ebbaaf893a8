package persona

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// The bounds of a core belief: a shorter slogan names a thing, not a belief.
const (
	minBeliefWords = 3
	maxBeliefRunes = 200
)

func (s *source) identity() onboarding.PersonaIdentity {
	return onboarding.PersonaIdentity{
		PersonaName:           s.personaName(),
		Archetype:             s.archetype(),
		CoreBelief:            s.coreBelief(),
		BrandVoiceDescription: s.voiceDescription(),
	}
}

// personaName is "The voice of <owner>", from the owner's name, else the host of the
// site, else "A voice for <industry>".
func (s *source) personaName() *string {
	if owner := s.owner(); owner != "" {
		return optional("The voice of " + owner)
	}
	if industry := s.industry(); industry != "" {
		return optional("A voice for " + industry)
	}
	return nil
}

// owner is the name of the site's owner, else the host, else "".
func (s *source) owner() string {
	if name := s.Analysis.Crawl.Content.BrandInfo.CompanyName; name != nil && strings.TrimSpace(*name) != "" {
		return clip(strings.TrimSpace(*name), 80)
	}
	u, err := url.Parse(s.Website)
	if err != nil {
		return ""
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Hostname() == "localhost" {
		return "" // an IP address is no name
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// industry is the industry of the analysis, else of the business information, or "".
func (s *source) industry() string {
	if industry := s.style.TargetAudience.IndustryFocus.Label(); industry != "" {
		return industry
	}
	if industry := s.style.RecommendedSettings.IndustryContext.Label(); industry != "" {
		return industry
	}
	if s.Business != nil {
		return strings.TrimSpace(s.Business.Industry)
	}
	return ""
}

// archetype follows from the leading trait of the brand's personality (Aaker 1997),
// named after the archetypes of Mark and Pearson (2001): sincere is the Everyman,
// exciting the Hero, competent the Sage, sophisticated the Lover, rugged the Explorer.
// Without a trait, a site of high educational value is the Sage ("teaches").
func (s *source) archetype() *string {
	const article = "The "
	traits := []struct{ trait, archetype string }{
		{"sincer", "Everyman"}, {"excit", "Hero"}, {"competen", "Sage"}, {"sophistica", "Lover"}, {"rugged", "Explorer"},
	}
	personality := strings.ToLower(s.style.WritingStyle.BrandPersonality.Label())
	best, at := "", -1
	for _, t := range traits {
		if i := strings.Index(personality, t.trait); i >= 0 && (at < 0 || i < at) {
			best, at = t.archetype, i
		}
	}
	if best != "" {
		return optional(fmt.Sprintf("%s%s (brand personality: %s)", article, best, personality))
	}
	if value := s.style.ContentType.EducationalValue.Label(); strings.HasPrefix(strings.ToLower(value), "high") {
		return optional(article + "Sage (educational value: " + value + ")")
	}
	return nil
}

// coreBelief returns the first of: a slogan of three words or more, the positioning, the
// description, the brand's values, the business description.
func (s *source) coreBelief() *string {
	content := s.Analysis.Crawl.Content
	if slogan := content.BrandInfo.Tagline; slogan != nil && len(strings.Fields(*slogan)) >= minBeliefWords {
		return optional(quote(clip(strings.TrimSpace(*slogan), maxBeliefRunes)) + " (slogan of the site)")
	}
	if p := s.style.BrandAnalysis.BrandPositioning.Label(); p != "" {
		return optional(quote(clip(p, maxBeliefRunes)) + " (positioning)")
	}
	if text := strings.TrimSpace(content.Description); text != "" {
		return optional(quote(clip(text, maxBeliefRunes)) + " (description of the site)")
	}
	if values := s.style.BrandAnalysis.BrandValues; len(values) > 0 {
		return optional(wording.Enumerate(first(values, 3)) + " (values of the brand)")
	}
	if s.Business != nil && strings.TrimSpace(s.Business.BusinessDescription) != "" {
		return optional(quote(clip(strings.TrimSpace(s.Business.BusinessDescription), maxBeliefRunes)) + " (description of the business)")
	}
	return nil
}

// voiceDescription describes tone, voice, sentences and reading level in a sentence.
func (s *source) voiceDescription() *string {
	w, c := s.style.WritingStyle, s.style.ContentCharacteristics
	var parts []string
	add := func(format string, value *onboarding.Judged) {
		if text := value.Label(); text != "" {
			parts = append(parts, fmt.Sprintf(format, text))
		}
	}
	add("sounds %s", w.Tone)
	add("speaks in the %s", trimmedVoice(w.Voice))
	if d := s.m.SentenceWords; d != nil {
		parts = append(parts, fmt.Sprintf("writes sentences of %s words on average, most of them between %s and %s", wording.Number(d.Mean), wording.Number(d.P10), wording.Number(d.P90)))
	} else {
		add("writes sentences that are %s", c.SentenceStructure)
	}
	add("is %s to read", c.ReadabilityScore)
	if len(parts) == 0 {
		return nil
	}
	subject := s.owner()
	if subject == "" {
		subject = "The text"
	}
	return optional(subject + " " + strings.Join(parts, "; ") + ".")
}

// trimmedVoice is nil for a voice that does not name a person.
func trimmedVoice(voice *onboarding.Judged) *onboarding.Judged {
	if !strings.HasPrefix(voice.Label(), "first person") {
		return nil
	}
	return voice
}
