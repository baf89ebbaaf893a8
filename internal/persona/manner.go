package persona

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// device returns a counted rhetorical device, with a count of 0 when the text has none.
func (s *source) device(name string) onboarding.Device {
	for _, d := range s.m.Devices {
		if d.Name == name {
			return d
		}
	}
	return onboarding.Device{}
}

// example quotes the example of a device.
func example(d onboarding.Device) string { return quote(clip(d.Example, 120)) }

// devices describes the rhetorical devices. Metaphors and analogies are left to a
// model: counting can't recognize them.
func (s *source) devices() onboarding.RhetoricalDevices {
	return onboarding.RhetoricalDevices{RhetoricalQuestions: s.questions(), StorytellingStyle: s.storytelling()}
}

// questions counts the questions to the reader, headings included, with an example.
func (s *source) questions() *string {
	d := s.device("question")
	switch {
	case d.Count > 0:
		return new(fmt.Sprintf("%s, for example %s", plural(d.Count, "question"), quote(clip(d.Example, 160))))
	case s.canShowAbsence():
		return new(fmt.Sprintf("none (in %s of running text)", plural(s.m.ProseWords, "word")))
	}
	return nil
}

// storytelling names the narrator and the most characteristic devices.
func (s *source) storytelling() *string {
	var parts wording.Sentences
	for _, d := range []struct{ name, plural string }{
		{"quotation", "quotations"},
		{"figure", "figures"},
		{"list_of_three", "lists of three"},
		{"anaphora", "sentences that begin alike"},
		{"contrast", "contrasts"},
	} {
		found := s.device(d.name)
		parts.Add(found.Count >= 2, "%s (%d, for example %s)", d.plural, found.Count, quote(clip(found.Example, 80)))
	}
	if len(parts) == 0 {
		return nil
	}
	narrator := "told in the third person"
	if voice := s.style.WritingStyle.Voice.Label(); strings.HasPrefix(voice, "first person") {
		narrator = "told in the " + voice
	}
	return new(narrator + ", with " + wording.Enumerate(wording.First(parts, 3)))
}

// tones returns the tone of the analysis as the default; its parts, the brand's traits
// and the tone of the purpose as permissible; and those that the numbers contradict as
// forbidden.
func (s *source) tones() onboarding.TonalRange {
	w := s.style.WritingStyle
	tone := cmp.Or(w.Tone.Label(), s.style.RecommendedSettings.WritingTone.Label())
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
// bands of the analysis), shouting without exclamation marks, and what the traits of
// the voice rule out, from minAbsence words on.
func (s *source) forbidden() onboarding.List {
	if !s.canShowAbsence() {
		return onboarding.List{}
	}
	tones := wording.Sentences{}
	if f := s.m.Formality; f != nil {
		tones.Add(*f < 55, "stiff and bureaucratic (formality %.0f of 100)", *f)
		tones.Add(*f >= 59, "chatty (formality %.0f of 100)", *f)
	}
	quiet := s.m.PunctuationPer1000["exclamation_mark"] == 0
	tones.Add(quiet, "shouting (no exclamation mark in %s)", plural(s.m.ProseWords, "word"))
	if s.m.Voice != nil {
		for _, trait := range s.m.Voice.Traits {
			tones.Add(true, "%s (the voice is %s)", trait.Not, trait.We)
		}
	}
	return onboarding.List(tones)
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
		return new(fmt.Sprintf("never (none in %s)", plural(s.m.ProseWords, "word")))
	}
	habit := wording.Band(rate, []float64{often / 4, often}, "rarely", "sometimes", "often")
	return new(fmt.Sprintf("%s (%s in 1,000 words)", habit, wording.Number(rate)))
}

// formatting describes the shape of the text. Lists and headings are those of the
// start page.
func (s *source) formatting() onboarding.FormattingHabits {
	patterns, characteristics := s.Analysis.Patterns.Patterns, s.style.ContentCharacteristics
	f := onboarding.FormattingHabits{
		Paragraphs: copied(cmp.Or(patterns.ParagraphStructure, characteristics.ParagraphOrganization)),
	}
	structure := s.Analysis.Crawl.Content.ContentStructure
	h := structure.Headings
	headings := h.H1 + h.H2 + h.H3 + h.H4 + h.H5 + h.H6
	if structure.Paragraphs+headings+structure.Lists == 0 {
		return f
	}
	f.Lists = new("no lists on the start page")
	if structure.Lists > 0 {
		f.Lists = new(fmt.Sprintf("lists in use (%d on the start page)", structure.Lists))
	}
	f.Markdown = new(fmt.Sprintf("headings structure the text (%s and %s on the start page)",
		plural(headings, "heading"), plural(structure.Paragraphs, "paragraph")))
	return f
}
