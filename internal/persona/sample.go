package persona

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/voice"
)

// shape is how a platform's sample post is made: how many passages of one page, and whether they stand whole.
type shape struct {
	// passages is the most passages of the post, sentences the most of a passage, 0 for all.
	passages, sentences int
	// alone puts the first sentence into a line of its own, since feeds cut what follows.
	alone bool
	// first puts the call before the text, since the rest is folded.
	first bool
	// link adds the address of the site to the call.
	link bool
}

// sample makes a post of the site's own sentences: passages of one page, the call that fits, and tags, within the
// platform's limits. Platforms take different passages, so that their posts differ. It returns nil without passages.
func (a *adaptation) sample() *onboarding.SamplePost {
	if a.m.Voice == nil || len(a.m.Voice.Passages) == 0 {
		return nil
	}
	call, tags := a.sampleCall(), a.sampleTags()
	room := a.limits.Characters
	for _, extra := range []string{call, tags} {
		if room > 0 && extra != "" {
			room -= length(extra, a.limits) + 2
		}
	}
	var body []string
	var from []onboarding.Passage
	for _, p := range a.samplePassages() {
		text := a.cut(p.Text, room)
		if text == "" {
			break
		}
		body, from = append(body, text), append(from, p)
		if room > 0 {
			room -= utf8.RuneCountInString(text) + 2
		}
	}
	if len(body) == 0 {
		return nil
	}
	parts := append(slices.Clone(body), call, tags)
	if a.rules.shape.first {
		parts = append(append([]string{call}, body...), tags)
	}
	text := strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "\n\n")
	score := voice.Shared().Score(&a.m.Voice.Profile, strings.Join(body, "\n\n"), onboarding.PlatformLimits{})
	return &onboarding.SamplePost{
		Text: text, Characters: length(text, a.limits), Passages: from, VoiceScore: score.Score,
	}
}

// length counts the characters of a post as the platform does.
func length(text string, limits onboarding.PlatformLimits) int {
	n := utf8.RuneCountInString(text)
	for field := range strings.FieldsSeq(text) {
		if limits.Link > 0 && strings.HasPrefix(field, "http") {
			n += limits.Link - utf8.RuneCountInString(field)
		}
	}
	return n
}

// samplePassages are the passages of the post: one that no platform before this one begins with, while there are some,
// and others of its page.
func (a *adaptation) samplePassages() []onboarding.Passage {
	all := a.m.Voice.Passages
	start := all[slices.Index(onboarding.Platforms(), a.platform)%len(all)]
	out := []onboarding.Passage{start}
	for _, p := range all {
		if len(out) < a.rules.shape.passages && p.URL == start.URL && p.Text != start.Text {
			out = append(out, p)
		}
	}
	return out
}

// cut takes the whole sentences of a passage that fit.
func (a *adaptation) cut(text string, room int) string {
	sentences := voice.Shared().Sentences(a.m.Language.Code, text)
	if most := a.rules.shape.sentences; most > 0 && len(sentences) > most {
		sentences = sentences[:most]
	}
	for len(sentences) > 0 {
		lead, rest := sentences[0], strings.Join(sentences[1:], " ")
		out := strings.TrimSpace(lead + " " + rest)
		if a.rules.shape.alone && rest != "" {
			out = lead + "\n\n" + rest
		}
		if a.limits.Characters == 0 || utf8.RuneCountInString(out) <= room {
			return out
		}
		sentences = sentences[:len(sentences)-1]
	}
	return ""
}

// sampleCall is the call that fits, with the address where the platform shows it.
func (a *adaptation) sampleCall() string {
	call := a.fittingCall()
	if call == "" {
		return ""
	}
	if a.rules.shape.link && a.Website != "" {
		return call + ": " + a.Website
	}
	return strings.TrimRight(call, ".!") + "."
}

// sampleTags are the tags of the post, as many as are advised, on platforms whose tags stand in the text.
func (a *adaptation) sampleTags() string {
	if a.limits.Tagged != "hashtags" {
		return ""
	}
	tags := a.tags()
	return strings.Join(tags[:min(len(tags), a.rules.advised)], " ")
}

// changes say what changes against the core voice on this platform, and why.
func (a *adaptation) changes(p onboarding.PlatformPersona) onboarding.List {
	list := onboarding.List{}
	add := func(holds bool, text string) {
		if holds {
			list = append(list, text)
		}
	}
	mean, optimal := a.core.LinguisticFingerprint.SentenceMetrics.AverageSentenceLengthWords,
		p.SentenceMetrics.OptimalSentenceLength
	add(mean != nil && optimal != nil && *optimal <= *mean-1, shorter(mean, optimal))
	add(a.rules.shape.alone, "The first sentence stands alone: the feed cuts what follows.")
	add(a.rules.shape.first, "The call comes first: all but the first lines are folded.")
	add(a.rules.shape.sentences > 0, "A few sentences in place of a paragraph: the "+a.limits.Of+" takes "+
		thousands(a.limits.Characters)+" characters.")
	add(a.rules.articles, "Whole paragraphs, several in a row: the platform has no documented limit.")
	add(a.limits.Tagged == "hashtags" && p.LexicalAdaptations.HashtagStrategy != nil,
		"Hashtags at the end, which the site has none of: they sort the "+a.limits.Of+".")
	add(!a.rules.shape.link, "No address in the text: it can't be tapped there.")
	add(a.limits.Link > 0, "One address at the end: any counts "+plural(a.limits.Link, "character")+".")
	return list
}

func shorter(mean, optimal *float64) string {
	if mean == nil || optimal == nil {
		return ""
	}
	return "Sentences of about " + plural(int(*optimal), "word") + " in place of " + plural(int(*mean+0.5), "word") +
		": short ones are read in a feed."
}
