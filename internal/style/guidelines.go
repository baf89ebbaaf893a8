package style

import (
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

func toneAdvice(e *evidence) []string {
	var out []string
	if t := tone(e); t != none {
		out = append(out, "Keep the tone "+t.Text()+".")
	}
	if v := voice(e); v != none {
		out = append(out, "Write in the same person: "+v.Text()+".")
	}
	switch rate := e.m.Syntax.ContractionsPer1000; {
	case rate != nil && *rate >= 5:
		out = append(out, fmt.Sprintf("Use contractions as the %s does (%s in 1,000 words).", e.subject(), wording.Number(*rate)))
	case rate != nil && *rate < 1 && e.m.ProseWords >= 500:
		out = append(out, "Write verbs out: the "+e.subject()+" hardly uses contractions.")
	}
	if f := formalityLevel(e); f != none && e.m.Formality == nil {
		out = append(out, "Keep the form of address: "+f.Text()+".")
	}
	return out
}

func structureAdvice(e *evidence) []string {
	d := e.m.SentenceWords
	out := []string{fmt.Sprintf("Keep sentences near %.0f words (%s mean %s; 80%% have between %s and %s).", d.Mean, e.subject(), wording.Number(d.Mean), wording.Number(d.P10), wording.Number(d.P90))}
	if p := e.m.ParagraphWords; p != nil {
		out = append(out, fmt.Sprintf("Keep paragraphs near %.0f words (%s mean %s).", p.Mean, e.subject(), wording.Number(p.Mean)))
	}
	if headings := e.chunkCount(onboarding.BlockHeading); headings >= 3 {
		out = append(out, fmt.Sprintf("Set a heading about every %d words, as the %s does.", e.m.Words/headings, e.subject()))
	}
	return out
}

func vocabularyAdvice(e *evidence) []string {
	var out []string
	if words := e.keywordTexts(8); len(words) > 0 {
		out = append(out, "Use the "+e.subject()+"'s own terms: "+strings.Join(words, ", ")+".")
	}
	if words := termTexts(e.m.Phrases, 5); len(words) > 0 {
		out = append(out, "Repeat its phrases where they fit: “"+strings.Join(words, "”, “")+"”.")
	}
	if share := e.m.Vocabulary.LongWordShare; share != nil {
		out = append(out, fmt.Sprintf("Keep words of more than six letters near %s.", wording.Percent(*share)))
	}
	return out
}

func engagementAdvice(e *evidence) []string {
	var out []string
	x := e.m.Syntax
	if share := x.QuestionShare; share != nil && *share >= 0.03 {
		out = append(out, fmt.Sprintf("Ask the reader a question about every %.0f sentences.", 1 / *share))
	}
	if share := x.ImperativeShare; share != nil && *share >= 0.05 {
		out = append(out, fmt.Sprintf("Tell the reader what to do about every %.0f sentences.", 1 / *share))
	}
	for _, d := range e.m.Devices {
		switch {
		case d.Name == "list_of_three" && d.Count >= 3:
			out = append(out, fmt.Sprintf("Use lists of three, as in %s.", quote(d.Example)))
		case d.Name == "quotation" && d.Count >= 2:
			out = append(out, fmt.Sprintf("Open with or build on a quotation, as in %s.", quote(d.Example)))
		}
	}
	if share := e.m.Person.Second; share != nil && *share >= 0.02 {
		out = append(out, fmt.Sprintf("Address the reader (%s of the words do).", wording.Percent(*share)))
	}
	return out
}

func audienceAdvice(e *evidence) []string {
	var out []string
	if groups := demographics(e); e.source().Audience != "" {
		out = append(out, "Write for "+wording.Enumerate(groups[:min(5, len(groups))])+", whom the user named first.")
	} else if len(groups) > 0 {
		out = append(out, "Write for "+wording.Enumerate(groups[:min(5, len(groups))])+", whom the text names.")
	}
	if level := expertise(e); level != none {
		out = append(out, "Assume this knowledge: "+level.Text()+".")
	}
	if pains := painPoints(e); len(pains) > 0 {
		out = append(out, "Speak to worries such as "+pains[0]+".")
	}
	return out
}

func brandAdvice(e *evidence) []string {
	var out []string
	if values := brandValues(e); len(values) > 0 {
		out = append(out, "Show the values that the text states: "+wording.Enumerate(values[:min(5, len(values))])+".")
	}
	if p := positioning(e); p != none {
		out = append(out, "Stay with the positioning "+p.Text()+".")
	}
	if p := personality(e); p != none {
		out = append(out, "Keep the personality "+p.Text()+".")
	}
	return out
}

// searchAdvice is advice for search engines: what to repair, and the keywords.
func searchAdvice(e *evidence) []string {
	if !e.isSite() {
		return nil
	}
	var out []string
	for _, check := range []func(*evidence) []finding{checkDescriptions, checkTitles, checkHeadings, checkStructuredData} {
		for _, f := range check(e) {
			if f.fix != "" {
				out = append(out, f.fix)
			}
		}
	}
	if known := e.site.HasSitemap; known != nil && !*known {
		out = append(out, "Serve a sitemap.xml.")
	}
	var named, unnamed []string
	for _, k := range e.m.Keywords[:min(10, len(e.m.Keywords))] {
		if k.InTitles == 0 {
			unnamed = append(unnamed, k.Text)
		} else {
			named = append(named, k.Text)
		}
	}
	if len(unnamed) > 0 {
		out = append(out, "Put these keywords into a title or heading: "+wording.Enumerate(unnamed)+".")
	}
	if len(named) > 0 {
		out = append(out, "Keep these keywords in titles and headings: "+wording.Enumerate(named[:min(5, len(named))])+".")
	}
	return out
}

func conversionAdvice(e *evidence) []string {
	if !e.isSite() {
		return nil
	}
	var out []string
	if without := e.pagesWithoutAction(); len(without) > 0 && len(e.actions) > 0 {
		out = append(out, fmt.Sprintf("Add a call to action to %s, which %s none.", listPages(without), map[bool]string{true: "has", false: "have"}[len(without) == 1]))
	}
	if len(e.actions) > 0 {
		out = append(out, fmt.Sprintf("Lead to %s, a call to action in use.", quote(e.actions[0].text)))
	} else {
		out = append(out, "Decide what a reader should do next, and ask for it on each page.")
	}
	return out
}

// avoid lists what the site does not do, or should stop doing.
func avoid(e *evidence) []string {
	d := e.m.SentenceWords
	out := []string{fmt.Sprintf("Sentences of more than %s words: only one in ten of the %s's is longer.", wording.Number(d.P90), e.subject())}
	marks := e.m.PunctuationPer1000
	if e.m.ProseWords >= 500 {
		if marks["exclamation_mark"] < 1 {
			out = append(out, fmt.Sprintf("Exclamation marks: the text has %s in 1,000 words.", wording.Rare(marks["exclamation_mark"])))
		}
		if share := e.m.Syntax.QuestionShare; share != nil && *share < 0.01 {
			out = append(out, "Rhetorical questions: the "+e.subject()+" asks hardly any.")
		}
	}
	if share := e.m.Syntax.PassiveShare; share != nil && *share <= 0.1 && e.m.Sentences >= 10 {
		out = append(out, fmt.Sprintf("The passive voice: %s of the %s's sentences use it.", wording.Percent(*share), e.subject()))
	}
	if e.isSite() {
		if pages := e.fillerPages(); len(pages) > 0 {
			out = append(out, "Placeholder text, as on "+listPages(pages)+".")
		}
	}
	return out
}

// strategy joins the main topics, the main kind of content and the gaps.
func strategy(e *evidence) onboarding.Judged {
	names := e.topicNames(3)
	if len(names) == 0 {
		return none
	}
	out := "Build on the main topics " + wording.Enumerate(names)
	if kind := primaryType(e).Value; kind != "" {
		out += ", mostly in " + kind
	}
	if groups := demographics(e); len(groups) > 0 {
		out += ", for " + wording.Enumerate(groups[:min(3, len(groups))])
	}
	if gaps := contentGaps(e); len(gaps) > 0 {
		out += "; add " + wording.Enumerate(gaps[:min(3, len(gaps))])
	}
	return plain(out + ".")
}

// generationAdvice lists instructions for a model that writes in this style.
func generationAdvice(e *evidence) []string {
	d := e.m.SentenceWords
	out := []string{fmt.Sprintf("Ask for sentences of %s to %s words, %.0f on average.", wording.Number(d.P10), wording.Number(d.P90), d.Mean)}
	if t := tone(e).Value; t != "" {
		out = append(out, fmt.Sprintf("Ask for a %s tone, %s.", t, voice(e).Value))
	}
	if ease := e.m.Readability.FleschReadingEase; ease != nil {
		out = append(out, fmt.Sprintf("Check the result for a Flesch reading ease near %.0f.", *ease))
	} else if lix := e.m.Readability.LIX; lix != nil {
		out = append(out, fmt.Sprintf("Check the result for a LIX near %.0f.", *lix))
	}
	if words := e.keywordTexts(5); len(words) > 0 {
		out = append(out, "Give the model these terms: "+strings.Join(words, ", ")+".")
	}
	if e.m.ProseWords >= 300 {
		out = append(out, "Give it two paragraphs of the "+e.subject()+" as an example of style.")
	}
	return out
}

// calendar suggests a post for each main topic that no post covers, and continues
// the rhythm of dated posts.
func calendar(e *evidence) []string {
	if !e.isSite() {
		return nil
	}
	var out []string
	if days := e.m.PostIntervalDays; days != nil {
		out = append(out, fmt.Sprintf("Keep the rhythm of the dated posts: one every %d days.", *days))
	}
	for _, topic := range e.uncoveredTopics() {
		if len(out) < 5 {
			out = append(out, fmt.Sprintf("Write a post about “%s”, a topic of the site that no post that was read is about.", topic.Name))
		}
	}
	for _, p := range e.pages {
		for _, h := range p.Headings {
			if strings.HasSuffix(h.Text, "?") && len(out) < 6 && len(textstat.SplitWords(h.Text, false)) >= 3 {
				out = append(out, fmt.Sprintf("Follow up on the question %s.", quote(h.Text)))
				break
			}
		}
	}
	return textstat.FirstDistinct(out, 6)
}
