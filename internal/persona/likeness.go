package persona

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/voice"
)

// The weights of a platform's consistency.
const (
	weightSentences = 0.6
	weightVoice     = 0.3
	weightChecks    = 0.1
	// foreignCost is how many times its share a foreign sentence costs.
	foreignCost = 2
)

// siteText is what a site is known to say: its text, folded for comparison, and its words.
type siteText struct {
	folded string
	words  map[string]bool
}

// newSiteText collects what the sources and the core persona know of the site's text.
func newSiteText(in onboarding.PersonaSources, core onboarding.CorePersona) siteText {
	texts := []string{in.Analysis.Crawl.Content.MainContent}
	if v := in.Analysis.Measured.Voice; v != nil {
		for _, p := range v.Passages {
			texts = append(texts, p.Text)
		}
	}
	for word := range coreWords(core) {
		texts = append(texts, word)
	}
	s := siteText{folded: fold(strings.Join(texts, "\n")), words: map[string]bool{}}
	for word := range strings.FieldsSeq(s.folded) {
		s.words[word] = true
	}
	return s
}

// fold keeps the words of a text, in small letters, one space apart.
func fold(text string) string {
	return " " + strings.Join(strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")),
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '\'' && r != '-' }), " ") + " "
}

// fit is how much a sentence is the site's, 0 to 1: 1 if it stands there, else by the share of its words beyond the
// commonest that the site uses.
func (s siteText) fit(sentence, language string) float64 {
	folded := fold(sentence)
	if strings.Contains(s.folded, folded) {
		return 1
	}
	known, all := 0, 0
	for word := range strings.FieldsSeq(folded) {
		if utf8.RuneCountInString(word) < 4 || voice.Shared().IsCommon(language, word) {
			continue
		}
		if all++; s.words[word] {
			known++
		}
	}
	if all == 0 {
		return 1
	}
	return min(1, max(0, (float64(known)/float64(all)-0.4)/0.5))
}

// bodyOf is a sample post without its lines of calls and tags.
func bodyOf(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n\n") {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !strings.Contains(line, "http://") &&
			!strings.Contains(line, "https://") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n\n")
}

// likeness compares the sample post of a platform with the site: how much its sentences are the site's and how much it
// sounds like it, 0 to 1 each, and what would raise them. ok is false without a sample or without text of the site.
func (c checked) likeness() (sentences, sound float64, raise onboarding.List, ok bool) {
	own := c.core.LinguisticFingerprint.Measured
	if c.p.Sample == nil || own == nil || len(c.site.words) == 0 {
		return 0, 0, nil, false
	}
	body := bodyOf(c.p.Sample.Text)
	fitting, all := 0.0, 0.0
	for _, sentence := range voice.Shared().Sentences(own.Language, body) {
		words := float64(len(strings.Fields(sentence)))
		fit := c.site.fit(sentence, own.Language)
		fitting, all = fitting+fit*words, all+words
		if fit < 0.5 {
			raise = append(raise, fmt.Sprintf("replace “%s”, which the site would not say", clip(sentence, 80)))
		}
	}
	if all == 0 {
		return 0, 0, nil, false
	}
	sentences = max(0, 1-foreignCost*(1-fitting/all))
	score := voice.Shared().Score(own.Voice, body, onboarding.PlatformLimits{})
	if sound = sentences; score.Score != nil {
		sound = float64(*score.Score) / 100
		for _, drifting := range score.Sentences[:min(2, len(score.Sentences))] {
			raise = append(raise, fmt.Sprintf("rewrite “%s”: %s", clip(drifting.Text, 80), drifting.Reasons[0]))
		}
	}
	return sentences, sound, raise, true
}

// consistency is how much a platform agrees with the core, 0 to 100: its sample's sentences and sound, and the checks.
func (c checked) consistency() (score int, missed []string, raise onboarding.List) {
	kept, missed := c.run(consistencyChecks)
	for _, name := range missed {
		raise = append(raise, "mend: "+name)
	}
	sentences, sound, more, ok := c.likeness()
	if !ok {
		return kept, missed, raise
	}
	return int(math.Round(100*(weightSentences*sentences+weightVoice*sound) + weightChecks*float64(kept))), missed,
		append(raise, more...)
}
