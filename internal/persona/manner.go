package persona

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// device returns a counted rhetorical device, nil when the text has none.
func (s *source) device(name string) *onboarding.Device {
	for i, d := range s.m.Devices {
		if d.Name == name {
			return &s.m.Devices[i]
		}
	}
	return nil
}

// devices describes the rhetorical devices. Metaphors and analogies are left to a
// model: counting can't recognize them.
func (s *source) devices() onboarding.RhetoricalDevices {
	return onboarding.RhetoricalDevices{RhetoricalQuestions: s.questions(), StorytellingStyle: s.storytelling()}
}

// questions counts the questions to the reader, headings included, with an example.
func (s *source) questions() *string {
	d := s.device("question")
	switch {
	case d != nil:
		return optional(fmt.Sprintf("%s, for example %s", plural(d.Count, "question"), quote(clip(d.Example, 160))))
	case s.canShowAbsence():
		return optional(fmt.Sprintf("none (in %s of running text)", plural(s.m.ProseWords, "word")))
	}
	return nil
}

// storytelling names the narrator and the most characteristic devices.
func (s *source) storytelling() *string {
	var parts []string
	for _, d := range []struct{ name, noun string }{
		{"quotation", "quotation"}, {"figure", "figure"}, {"list_of_three", "list of three"}, {"anaphora", "sentence that begins alike"}, {"contrast", "contrast"},
	} {
		if found := s.device(d.name); found != nil && found.Count >= 2 {
			parts = append(parts, fmt.Sprintf("%s (%d, for example %s)", devicePlural(d.noun), found.Count, quote(clip(found.Example, 80))))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	narrator := "told in the third person"
	if voice := s.style.WritingStyle.Voice.Label(); strings.HasPrefix(voice, "first person") {
		narrator = "told in the " + voice
	}
	return optional(narrator + ", with " + wording.Enumerate(first(parts, 3)))
}

func devicePlural(noun string) string {
	switch noun {
	case "list of three":
		return "lists of three"
	case "sentence that begins alike":
		return "sentences that begin alike"
	}
	return noun + "s"
}

// tones returns the tone of the analysis as the default; its parts, the brand's traits
// and the tone of the purpose as permissible; and those that the numbers contradict as
// forbidden.
func (s *source) tones() onboarding.TonalRange {
	w := s.style.WritingStyle
	tone := w.Tone.Label()
	if tone == "" {
		tone = s.style.RecommendedSettings.WritingTone.Label()
	}
	return onboarding.TonalRange{
		DefaultTone:      optional(tone),
		PermissibleTones: s.permissible(tone),
		ForbiddenTones:   s.forbidden(),
		EmotionalRange:   copied(w.EmotionalAppeal),
	}
}

func (s *source) permissible(tone string) onboarding.List {
	tones := onboarding.List{}
	add := func(text string) {
		for part := range strings.SplitSeq(strings.ReplaceAll(text, " and ", ", "), ", ") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(tones, part) {
				tones = append(tones, part)
			}
		}
	}
	add(tone)
	add(s.style.WritingStyle.BrandPersonality.Label())
	for _, p := range []struct{ purpose, tone string }{{"informational", "explanatory"}, {"promotional", "inviting"}} {
		if strings.Contains(s.style.ContentType.Purpose.Label(), p.purpose) {
			add(p.tone)
		}
	}
	return tones
}

// forbidden forbids a stiff tone below a formality of 55 and a chatty one from 59 (the
// bands of the analysis), shouting without exclamation marks, and the groups of
// avoided words, for the amounts of text of minAbsence and minAvoid.
func (s *source) forbidden() onboarding.List {
	tones := onboarding.List{}
	if !s.canShowAbsence() {
		return tones
	}
	if f := s.m.Formality; f != nil && *f < 55 {
		tones = append(tones, fmt.Sprintf("stiff and bureaucratic (formality %.0f of 100)", *f))
	} else if f != nil && *f >= 59 {
		tones = append(tones, fmt.Sprintf("chatty (formality %.0f of 100)", *f))
	}
	if s.m.PunctuationPer1000["exclamation_mark"] == 0 {
		tones = append(tones, fmt.Sprintf("shouting (no exclamation mark in %s)", plural(s.m.ProseWords, "word")))
	}
	for _, group := range s.avoids() {
		if group.name != "filler" {
			tones = append(tones, fmt.Sprintf("%s (none of its words in %s)", group.name, plural(s.text.words, "word")))
		}
	}
	return tones
}

// punctuation names habits by rate. "Often" starts where the analysis calls a rate
// unusual; "rarely" is below a quarter of that. Dashes are those of any length between
// words.
func (s *source) punctuation() onboarding.PunctuationHabits {
	return onboarding.PunctuationHabits{
		Ellipses:          s.mark("ellipsis", 3),
		EmDash:            s.mark("dash", 8),
		ExclamationPoints: s.mark("exclamation_mark", 6),
	}
}

func (s *source) mark(name string, often float64) *string {
	rate, found := s.m.PunctuationPer1000[name]
	switch {
	case !s.measured() || len(s.m.PunctuationPer1000) == 0 || (!found || rate == 0) && !s.canShowAbsence():
		return nil
	case rate == 0:
		return optional(fmt.Sprintf("never (none in %s)", plural(s.m.ProseWords, "word")))
	}
	habit := wording.Band(rate, []float64{often / 4, often}, "rarely", "sometimes", "often")
	return optional(fmt.Sprintf("%s (%s in 1,000 words)", habit, wording.Number(rate)))
}

// formatting describes the shape of the text. Lists and headings are those of the
// start page.
func (s *source) formatting() onboarding.FormattingHabits {
	f := onboarding.FormattingHabits{Paragraphs: copied(s.Analysis.Patterns.Patterns.ParagraphStructure)}
	if f.Paragraphs == nil {
		f.Paragraphs = copied(s.style.ContentCharacteristics.ParagraphOrganization)
	}
	structure := s.Analysis.Crawl.Content.ContentStructure
	h := structure.Headings
	headings := h.H1 + h.H2 + h.H3 + h.H4 + h.H5 + h.H6
	if structure.Paragraphs+headings+structure.Lists == 0 {
		return f
	}
	f.Lists = optional("no lists on the start page")
	if structure.Lists > 0 {
		f.Lists = optional(fmt.Sprintf("lists in use (%d on the start page)", structure.Lists))
	}
	f.Markdown = optional(fmt.Sprintf("headings structure the text (%s and %s on the start page)", plural(headings, "heading"), plural(structure.Paragraphs, "paragraph")))
	return f
}
