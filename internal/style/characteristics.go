package style

import (
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// sentenceStructure sums up the sentence lengths.
func sentenceStructure(e *evidence) onboarding.Judged {
	d := e.m.SentenceWords
	length := wording.Band(d.Mean, []float64{12, 18, 25}, "short", "medium", "long", "very long")
	variety := wording.Band(d.StDev/d.Mean, []float64{0.4, 0.65}, "even", "varied", "strongly varied")
	return judged(length+", "+variety, "mean %s words, median %s, 80%% between %s and %s",
		wording.Number(d.Mean), wording.Number(d.Median), wording.Number(d.P10), wording.Number(d.P90))
}

// vocabularyLevel judges English by syllables and long words; for other languages it
// states the figures.
func vocabularyLevel(e *evidence) onboarding.Judged {
	v := e.m.Vocabulary
	if v.LongWordShare == nil {
		return none
	}
	detail := fmt.Sprintf("%s of the words have more than six letters", wording.Percent(*v.LongWordShare))
	if v.MATTR50 != nil {
		detail += fmt.Sprintf(", %.0f different words in every 50", 50**v.MATTR50)
	}
	if syllables := e.m.Readability.SyllablesPerWord; syllables != nil {
		level := wording.Band(*syllables, []float64{1.4, 1.6, 1.8}, "everyday", "general", "advanced", "specialist")
		return judged(level, "%.2f syllables a word, %s", *syllables, detail)
	}
	return plain(detail)
}

// paragraphOrganization sums up the paragraph lengths and headings.
func paragraphOrganization(e *evidence) onboarding.Judged {
	d := e.m.ParagraphWords
	if d == nil {
		return none
	}
	length := wording.Band(d.Mean, []float64{40, 80, 140}, "short", "medium", "long", "very long")
	return judged(length+" paragraphs", "mean %s words; %s, %s, %s in all", wording.Number(d.Mean),
		wording.Plural(e.m.Paragraphs, "paragraph"), wording.Plural(e.chunkCount(onboarding.BlockHeading), "heading"),
		wording.Plural(e.chunkCount(onboarding.BlockListItem), "list item"))
}

func (e *evidence) chunkCount(kind onboarding.BlockKind) int {
	n := 0
	for _, ch := range e.c.Chunks {
		if ch.Kind == kind {
			n++
		}
	}
	return n
}

// contentFlow counts linking words and the text between headings.
func contentFlow(e *evidence) onboarding.Judged {
	if len(e.c.Lex["transitions"]) == 0 || e.m.Sentences < 5 {
		return none
	}
	total := 0
	for _, t := range e.m.Transitions {
		total += t.Count
	}
	rate := 100 * float64(total) / float64(e.m.Sentences)
	level := wording.Band(rate, []float64{10, 30}, "few", "some", "many")
	detail := fmt.Sprintf("%.0f in 100 sentences", rate)
	if top := termTexts(e.m.Transitions, 3); len(top) > 0 {
		detail += ": " + strings.Join(top, ", ")
	}
	if headings := e.chunkCount(onboarding.BlockHeading); headings > 0 {
		detail += fmt.Sprintf("; a heading every %d words", e.m.Words/headings)
	}
	return judged(level+" linking words", "%s", detail)
}

// readabilityScore states the scores that are valid for the language. The words
// are Flesch's and Björnsson's own bands.
func readabilityScore(e *evidence) onboarding.Judged {
	r := e.m.Readability
	switch {
	case r.FleschReadingEase != nil:
		level := wording.Band(*r.FleschReadingEase, []float64{30, 50, 60, 70, 80, 90}, "very difficult", "difficult",
			"fairly difficult", "plain English", "fairly easy", "easy", "very easy")
		return judged(level, "Flesch reading ease %.0f, Flesch-Kincaid grade %s, Gunning fog %s, LIX %.0f",
			*r.FleschReadingEase, wording.Number(*r.FleschKincaidGrade), wording.Number(*r.GunningFog), *r.LIX)
	case r.LIX != nil:
		return judged(lixBand(*r.LIX), "LIX %.0f", *r.LIX)
	}
	return none
}

// contentDensity states how much there is to read on a page in the main language.
func contentDensity(e *evidence) onboarding.Judged {
	content := ""
	if share := e.m.Vocabulary.ContentWordShare; share != nil {
		content = wording.Percent(*share) + " content words"
	}
	if !e.isSite() {
		return plain(content)
	}
	pages, words := 0, 0
	for i, n := range e.words {
		if _, left := e.foreign[i]; !left && n > 0 {
			pages++
			words += n
		}
	}
	if pages == 0 {
		return none
	}
	mean := float64(words) / float64(pages)
	level := wording.Band(mean, []float64{150, 400, 900}, "thin", "light", "medium", "dense")
	detail := fmt.Sprintf("%.0f words a page on %s", mean, wording.Plural(pages, "page"))
	if content != "" {
		detail += ", " + content
	}
	return judged(level, "%s", detail)
}

// visualElements judges the images and videos per page.
func visualElements(e *evidence) onboarding.Judged {
	v := e.m.Visuals
	pages := wording.Plural(len(e.pages), "page")
	if v.Images+v.Videos+v.Tables == 0 {
		return judged("none", "no images, videos or tables on %s", pages)
	}
	perPage := float64(v.Images+v.Videos) / float64(len(e.pages))
	level := wording.Band(perPage, []float64{0.5, 2, 6}, "sparse", "moderate", "rich", "very rich")
	detail := wording.Plural(v.Images, "image") + ", " + wording.Plural(v.Videos, "video") + " and " +
		wording.Plural(v.Tables, "table")
	detail += " on " + pages
	if v.Images > 0 {
		described := wording.Percent(float64(v.Described) / float64(v.Images))
		detail += "; " + described + " of the images have a text alternative"
	}
	return judged(level, "%s", detail)
}
