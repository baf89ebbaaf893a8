package persona

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/voice"
)

// minWritten is the least voice score of a sample post that a model wrote.
const minWritten = 50

// number matches a number of two digits and more, as people write it.
var number = regexp.MustCompile(`\d[\d.,  ]*\d`)

// written is the sample post that a model wrote, measured as any other text; dropped is why it can't be used: a broken
// limit of the platform, a number that the site does not have, or a voice that is not the site's.
func written(
	in onboarding.PersonaSources, core onboarding.CorePersona, p onboarding.Platform, text string,
) (post *onboarding.SamplePost, dropped string) {
	limits := p.Limits()
	if broken := voice.BrokenLimits(text, limits); len(broken) > 0 {
		return nil, broken[0]
	}
	if n := unknownNumber(text, knownText(in)); n != "" {
		return nil, fmt.Sprintf("The site does not have the number %s.", n)
	}
	var profile *onboarding.VoiceProfile
	if m := core.LinguisticFingerprint.Measured; m != nil {
		profile = m.Voice
	}
	score := voice.Shared().Score(profile, text, limits)
	switch {
	case score.Score == nil:
		return nil, score.Reason
	case *score.Score < minWritten:
		return nil, fmt.Sprintf("Its voice scores %d of 100; %d are needed.", *score.Score, minWritten)
	}
	return &onboarding.SamplePost{
		Text: text, Characters: utf8.RuneCountInString(text), Passages: []onboarding.Passage{}, VoiceScore: score.Score,
	}, ""
}

// knownText is the text of the site that answers are compared with.
func knownText(in onboarding.PersonaSources) string {
	known := in.Analysis.Crawl.Content.MainContent
	if v := in.Analysis.Measured.Voice; v != nil {
		for _, passage := range v.Passages {
			known += "\n" + passage.Text
		}
	}
	return known
}

// unknownNumber is the first number of the text that known lacks, or "".
func unknownNumber(text, known string) string {
	for _, n := range number.FindAllString(text, -1) {
		if !strings.Contains(known, n) {
			return n
		}
	}
	return ""
}

const (
	rewritesPath   = "style_guide.before_after"
	rewritesReason = "Only a language model writes these pairs, each beside a sentence that stands on the site."
	// maxRewrites bounds the pairs of a style guide, minRewritten is the least number of words of a sentence.
	maxRewrites, minRewritten = 3, 5
)

// rewrites are the pairs of a model's answer that show something: the sentence of the site stands in its text, and the
// other one neither stands there nor has numbers that the first lacks.
func rewrites(in onboarding.PersonaSources, answered []onboarding.Rewrite) []onboarding.Rewrite {
	known, kept := oneLine(knownText(in)), []onboarding.Rewrite{}
	for _, pair := range answered {
		before, after := oneLine(pair.Before), oneLine(pair.After)
		if len(kept) < maxRewrites && min(len(strings.Fields(before)), len(strings.Fields(after))) >= minRewritten &&
			strings.Contains(known, after) && !strings.Contains(known, before) && unknownNumber(before, after) == "" {
			kept = append(kept, onboarding.Rewrite{Before: before, After: after})
		}
	}
	return kept
}

// oneLine joins the words of a text with single spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
