package persona

import (
	"cmp"
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
	switch owner, industry := s.owner(), s.industry(); {
	case owner != "":
		return new("The voice of " + owner)
	case industry != "":
		return new("A voice for " + industry)
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
	return onboarding.ShownHost(strings.TrimPrefix(u.Hostname(), "www."))
}

// industry is the industry of the analysis, else of the business information, or "".
func (s *source) industry() string {
	return cmp.Or(s.style.TargetAudience.IndustryFocus.Label(), s.style.RecommendedSettings.IndustryContext.Label(),
		strings.TrimSpace(valueOf(s.Business).Industry))
}

// archetype follows from the leading trait of the brand's personality (Aaker 1997),
// named after the archetypes of Mark and Pearson (2001): sincere is the Everyman,
// exciting the Hero, competent the Sage, sophisticated the Lover, rugged the Explorer.
// Without a trait, a site of high educational value is the Sage ("teaches").
func (s *source) archetype() *string {
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
		return new(fmt.Sprintf("The %s (brand personality: %s)", best, personality))
	}
	if value := s.style.ContentType.EducationalValue.Label(); strings.HasPrefix(strings.ToLower(value), "high") {
		return new("The Sage (educational value: " + value + ")")
	}
	return nil
}

// coreBelief returns the first of: a slogan of three words or more, the positioning, the
// description, the brand's values, the business description.
func (s *source) coreBelief() *string {
	content, brand := s.Analysis.Crawl.Content, s.style.BrandAnalysis
	slogan := strings.TrimSpace(valueOf(content.BrandInfo.Tagline))
	if len(strings.Fields(slogan)) < minBeliefWords {
		slogan = ""
	}
	for _, text := range []struct{ quoted, plain, from string }{
		{quoted: slogan, from: "slogan of the site"},
		{quoted: brand.BrandPositioning.Label(), from: "positioning"},
		{quoted: strings.TrimSpace(content.Description), from: "description of the site"},
		{plain: wording.Enumerate(wording.First(brand.BrandValues, 3)), from: "values of the brand"},
		{quoted: strings.TrimSpace(valueOf(s.Business).BusinessDescription), from: "description of the business"},
	} {
		switch {
		case text.quoted != "":
			return new(quote(clip(text.quoted, maxBeliefRunes)) + " (" + text.from + ")")
		case text.plain != "":
			return new(text.plain + " (" + text.from + ")")
		}
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
	if strings.HasPrefix(w.Voice.Label(), "first person") {
		add("speaks in the %s", w.Voice)
	}
	if d := s.m.SentenceWords; d != nil {
		parts = append(parts, fmt.Sprintf("writes sentences of %s words on average, most of them between %s and %s",
			wording.Number(d.Mean), wording.Number(d.P10), wording.Number(d.P90)))
	} else {
		add("writes sentences that are %s", c.SentenceStructure)
	}
	add("is %s to read", c.ReadabilityScore)
	if len(parts) == 0 {
		return nil
	}
	return new(cmp.Or(s.owner(), "The text") + " " + strings.Join(parts, "; ") + ".")
}
