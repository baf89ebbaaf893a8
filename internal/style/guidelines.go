package style

import (
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

func toneAdvice(e *evidence) []string {
	var out wording.Sentences
	t, v, f := tone(e), voice(e), formalityLevel(e)
	out.Add(t != none, "Keep the tone %s.", t.Text())
	out.Add(v != none, "Write in the same person: %s.", v.Text())
	if rate := e.m.Syntax.ContractionsPer1000; rate != nil {
		out.Add(*rate >= 5, "Use contractions as the %s does (%s in 1,000 words).", e.subject(), wording.Number(*rate))
		out.Add(*rate < 1 && e.m.ProseWords >= 500, "Write verbs out: the %s hardly uses contractions.", e.subject())
	}
	out.Add(f != none && e.m.Formality == nil, "Keep the form of address: %s.", f.Text())
	return out
}

func structureAdvice(e *evidence) []string {
	var out wording.Sentences
	d := e.m.SentenceWords
	out.Add(true, "Keep sentences near %.0f words (%s mean %s; 80%% have between %s and %s).",
		d.Mean, e.subject(), wording.Number(d.Mean), wording.Number(d.P10), wording.Number(d.P90))
	if p := e.m.ParagraphWords; p != nil {
		out.Add(true, "Keep paragraphs near %.0f words (%s mean %s).", p.Mean, e.subject(), wording.Number(p.Mean))
	}
	if headings := e.chunkCount(onboarding.BlockHeading); headings >= 3 {
		out.Add(true, "Set a heading about every %d words, as the %s does.", e.m.Words/headings, e.subject())
	}
	return out
}

func vocabularyAdvice(e *evidence) []string {
	var out wording.Sentences
	words, phrases := e.keywordTexts(8), termTexts(e.m.Phrases, 5)
	out.Add(len(words) > 0, "Use the %s's own terms: %s.", e.subject(), strings.Join(words, ", "))
	out.Add(len(phrases) > 0, "Repeat its phrases where they fit: “%s”.", strings.Join(phrases, "”, “"))
	if share := e.m.Vocabulary.LongWordShare; share != nil {
		out.Add(true, "Keep words of more than six letters near %s.", wording.Percent(*share))
	}
	return out
}

func engagementAdvice(e *evidence) []string {
	var out wording.Sentences
	questions, imperatives := textstat.OrZero(e.m.Syntax.QuestionShare), textstat.OrZero(e.m.Syntax.ImperativeShare)
	out.Add(questions >= 0.03, "Ask the reader a question about every %.0f sentences.", 1/questions)
	out.Add(imperatives >= 0.05, "Tell the reader what to do about every %.0f sentences.", 1/imperatives)
	for _, d := range e.m.Devices {
		out.Add(d.Name == "list_of_three" && d.Count >= 3, "Use lists of three, as in %s.", quote(d.Example))
		out.Add(d.Name == "quotation" && d.Count >= 2, "Open with or build on a quotation, as in %s.", quote(d.Example))
	}
	address := textstat.OrZero(e.m.Person.Second)
	out.Add(address >= 0.02, "Address the reader (%s of the words do).", wording.Percent(address))
	return out
}

func audienceAdvice(e *evidence) []string {
	var out wording.Sentences
	groups, level := demographics(e), expertise(e)
	namedBy := "whom the text names"
	if e.source().Audience != "" {
		namedBy = "whom the user named first"
	}
	out.Add(len(groups) > 0, "Write for %s, %s.", wording.Enumerate(wording.First(groups, 5)), namedBy)
	out.Add(level != none, "Assume this knowledge: %s.", level.Text())
	if pains := painPoints(e); len(pains) > 0 {
		out.Add(true, "Speak to worries such as %s.", pains[0])
	}
	return out
}

func brandAdvice(e *evidence) []string {
	var out wording.Sentences
	values, position, traits := brandValues(e), positioning(e), personality(e)
	out.Add(len(values) > 0, "Show the values that the text states: %s.", wording.Enumerate(wording.First(values, 5)))
	out.Add(position != none, "Stay with the positioning %s.", position.Text())
	out.Add(traits != none, "Keep the personality %s.", traits.Text())
	return out
}

// searchAdvice is advice for search engines: what to repair, and the keywords.
func searchAdvice(e *evidence) []string {
	var out wording.Sentences
	for _, check := range []func(*evidence) finding{checkDescriptions, checkTitles, checkHeadings, checkStructuredData} {
		fix := check(e).fix
		out.Add(fix != "", "%s", fix)
	}
	known := e.site.HasSitemap
	out.Add(known != nil && !*known, "Serve a sitemap.xml.")
	var named, unnamed []string
	for _, k := range wording.First(e.m.Keywords, 10) {
		if k.InTitles == 0 {
			unnamed = append(unnamed, k.Text)
		} else {
			named = append(named, k.Text)
		}
	}
	out.Add(len(unnamed) > 0, "Put these keywords into a title or heading: %s.", wording.Enumerate(unnamed))
	out.Add(len(named) > 0, "Keep these keywords in titles and headings: %s.", wording.Enumerate(wording.First(named, 5)))
	return out
}

func conversionAdvice(e *evidence) []string {
	if len(e.actions) == 0 {
		return []string{"Decide what a reader should do next, and ask for it on each page."}
	}
	var out wording.Sentences
	without := e.pagesWithoutAction()
	has := map[bool]string{true: "has", false: "have"}[len(without) == 1]
	out.Add(len(without) > 0, "Add a call to action to %s, which %s none.", listPages(without), has)
	out.Add(true, "Lead to %s, a call to action in use.", quote(e.actions[0].text))
	return out
}

// avoid lists what the site does not do, or should stop doing.
func avoid(e *evidence) []string {
	var out wording.Sentences
	out.Add(true, "Sentences of more than %s words: only one in ten of the %s's is longer.",
		wording.Number(e.m.SentenceWords.P90), e.subject())
	exclamations, questions := e.m.PunctuationPer1000["exclamation_mark"], e.m.Syntax.QuestionShare
	long := e.m.ProseWords >= 500
	out.Add(long && exclamations < 1, "Exclamation marks: the text has %s in 1,000 words.", wording.Rare(exclamations))
	out.Add(long && questions != nil && *questions < 0.01, "Rhetorical questions: the %s asks hardly any.", e.subject())
	if share := e.m.Syntax.PassiveShare; share != nil && *share <= 0.1 && e.m.Sentences >= 10 {
		out.Add(true, "The passive voice: %s of the %s's sentences use it.", wording.Percent(*share), e.subject())
	}
	filler := e.fillerPages()
	out.Add(e.isSite() && len(filler) > 0, "Placeholder text, as on %s.", listPages(filler))
	return out
}

// strategy joins the main topics, the main kind of content and the gaps.
func strategy(e *evidence) onboarding.Judged {
	names := e.m.TopicNames(3)
	if len(names) == 0 {
		return none
	}
	out := "Build on the main topics " + wording.Enumerate(names)
	if kind := primaryType(e).Value; kind != "" {
		out += ", mostly in " + kind
	}
	if groups := demographics(e); len(groups) > 0 {
		out += ", for " + wording.Enumerate(wording.First(groups, 3))
	}
	if gaps := contentGaps(e); len(gaps) > 0 {
		out += "; add " + wording.Enumerate(wording.First(gaps, 3))
	}
	return plain(out + ".")
}

// generationAdvice lists instructions for a model that writes in this style.
func generationAdvice(e *evidence) []string {
	var out wording.Sentences
	d, t, terms := e.m.SentenceWords, tone(e).Value, e.keywordTexts(5)
	out.Add(true, "Ask for sentences of %s to %s words, %.0f on average.", wording.Number(d.P10),
		wording.Number(d.P90), d.Mean)
	out.Add(t != "", "Ask for a %s tone, %s.", t, voice(e).Value)
	if ease := e.m.Readability.FleschReadingEase; ease != nil {
		out.Add(true, "Check the result for a Flesch reading ease near %.0f.", *ease)
	} else if lix := e.m.Readability.LIX; lix != nil {
		out.Add(true, "Check the result for a LIX near %.0f.", *lix)
	}
	out.Add(len(terms) > 0, "Give the model these terms: %s.", strings.Join(terms, ", "))
	out.Add(e.m.ProseWords >= 300, "Give it two paragraphs of the %s as an example of style.", e.subject())
	return out
}

// calendar suggests a post for each main topic that no post covers, and continues
// the rhythm of dated posts.
func calendar(e *evidence) []string {
	var out wording.Sentences
	if days := e.m.PostIntervalDays; days != nil {
		out.Add(true, "Keep the rhythm of the dated posts: one every %d days.", *days)
	}
	for _, topic := range e.uncoveredTopics() {
		out.Add(len(out) < 5, "Write a post about “%s”, a topic of the site that no post that was read is about.", topic.Name)
	}
	for _, p := range e.pages {
		i := slices.IndexFunc(p.Headings, func(h onboarding.Heading) bool {
			return strings.HasSuffix(h.Text, "?") && len(textstat.SplitWords(h.Text, false)) >= 3
		})
		if i >= 0 {
			out.Add(len(out) < 6, "Follow up on the question %s.", quote(p.Headings[i].Text))
		}
	}
	return textstat.FirstDistinct(out, 6)
}
