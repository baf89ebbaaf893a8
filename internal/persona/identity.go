package persona

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
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
	return hostname.Shown(strings.TrimPrefix(u.Hostname(), "www."))
}

// industry is the industry of the analysis, else of the business information, or "".
func (s *source) industry() string {
	return cmp.Or(s.style.TargetAudience.IndustryFocus.Label(), s.style.RecommendedSettings.IndustryContext.Label(),
		strings.TrimSpace(valueOf(s.Business).Industry))
}

// archetypes of Mark and Pearson (2001) by the traits of Aaker (1997) that they stand for.
var archetypes = map[string]string{
	"sincere": "Everyman", "exciting": "Hero", "competent": "Sage", "sophisticated": "Lover", "rugged": "Explorer",
}

// archetype follows from the brand's personality, if that is one trait alone.
func (s *source) archetype() *string {
	personality := strings.ToLower(s.style.WritingStyle.BrandPersonality.Label())
	found := ""
	for trait, name := range archetypes {
		switch {
		case !strings.Contains(personality, trait):
		case found != "":
			return nil
		default:
			found = name
		}
	}
	if found == "" {
		return nil
	}
	return new(fmt.Sprintf("The %s (brand personality: %s)", found, personality))
}

// archetypeReason is why there is no archetype: why the analysis has no personality, or that it has two.
func (s *source) archetypeReason() string {
	if personality := s.style.WritingStyle.BrandPersonality.Label(); personality != "" {
		return "The brand personality points to no single archetype: " + personality + "."
	}
	const why = "writing_style.brand_personality"
	return cmp.Or(s.style.Meta.Uncertainty.Reasons[why], "The analysis names no brand personality.")
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
