package style

import (
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// The bounds of formality. News articles have a median of 58, personal blogs and small
// shops stay below 55; the latter are only informal if they also talk like people do.
const (
	informalBelow = 55.0
	formalFrom    = 59.0
	// chattyContractions in 1,000 words and chattyExclamations (a share of the sentences)
	// make a text informal.
	chattyContractions, chattyExclamations = 15, 0.1
	// longSentence is the mean of words from which sentences that hardly name a person make
	// a text formal.
	longSentence, hardlyPersonal = 20, 0.015
	// politeFrom and familiarBelow are shares of polite forms of address.
	politeFrom, familiarBelow = 0.8, 0.2
)

// formalityLevel judges how formal the text is: English by its F-score with contractions
// and exclamations, other languages by the form of address, all by long sentences that
// speak of nobody.
func formalityLevel(e *evidence) onboarding.Judged {
	if e.m.SentenceWords == nil || e.m.Person.Second == nil {
		return none
	}
	exclaims := textstat.OrZero(e.m.Syntax.ExclamationShare)
	persons := *e.m.Person.FirstSingular + *e.m.Person.FirstPlural + *e.m.Person.Second
	impersonal := e.m.SentenceWords.Mean >= longSentence && persons < hardlyPersonal
	detail := fmt.Sprintf("mean sentence of %s words, %s of the words speak of I, we or you",
		wording.Number(e.m.SentenceWords.Mean), wording.Percent(persons))
	switch f, polite := e.m.Formality, e.m.Person.FormalAddress; {
	case f != nil:
		contractions := textstat.OrZero(e.m.Syntax.ContractionsPer1000)
		chatty := contractions >= chattyContractions || exclaims >= chattyExclamations
		return judged(register(*f < informalBelow && chatty, *f >= formalFrom || impersonal),
			"formality %.0f of 100, %s contractions in 1,000 words, %s", *f, wording.Number(contractions), detail)
	case polite != nil:
		if *polite >= familiarBelow && *polite < politeFrom {
			return judged("mixed", "%s of the forms of address are polite ones", wording.Percent(*polite))
		}
		familiar := *polite < familiarBelow && (distinctPolite(e.c.Lang) || exclaims >= chattyExclamations)
		return judged(register(familiar, *polite >= politeFrom || impersonal),
			"%s of the forms of address are polite ones, %s", wording.Percent(*polite), detail)
	}
	return judged(register(exclaims >= chattyExclamations, impersonal), "%s", detail)
}

// register is the label of the two extremes, "neutral" for neither or both.
func register(informal, formal bool) string {
	switch {
	case informal == formal:
		return "neutral"
	case informal:
		return "informal"
	}
	return "formal"
}

// distinctPolite reports whether a familiar form of address makes a business text informal
// in the language. Elsewhere businesses use both.
func distinctPolite(l onboarding.TextLanguage) bool {
	return inCodes("de", "nl", "pl", "ru")(l)
}

// tone joins the register and the mood (mean sentiment).
func tone(e *evidence) onboarding.Judged {
	formality := formalityLevel(e).Value
	if formality == "" || e.m.Sentiment == nil {
		return none
	}
	manner := map[string]string{"informal": "conversational", "mixed": "neutral"}[formality]
	if manner == "" {
		manner = formality
	}
	parts := []string{
		manner, wording.Band(e.m.Sentiment.Mean, moodBounds(e.c.Lang), "serious", "matter-of-fact", "positive", "warm"),
	}
	if textstat.OrZero(e.m.Syntax.ExclamationShare) >= 0.06 {
		parts = append(parts, "lively")
	}
	return judged(wording.Enumerate(parts), "%s, mean sentiment %+.2f", formality, e.m.Sentiment.Mean)
}

// moodBounds are the bounds of the mean sentiment. The word lists of other languages are
// shorter than VADER's and know no weights.
func moodBounds(l onboarding.TextLanguage) []float64 {
	if isEnglish(l) {
		return []float64{-0.1, 0.05, 0.35}
	}
	return []float64{-0.15, 0.03, 0.3}
}

// emotionalAppeal judges the shares of positive and negative sentences.
func emotionalAppeal(e *evidence) onboarding.Judged {
	s := e.m.Sentiment
	if s == nil {
		return none
	}
	positive, mildly := 0.5, 0.3
	if !isEnglish(e.c.Lang) {
		positive, mildly = 0.4, 0.2
	}
	name := "restrained"
	switch {
	case s.Positive >= mildly && s.Negative >= 0.25 && s.Positive < 2*s.Negative:
		name = "mixed: problems and their relief"
	case s.Positive >= positive:
		name = "positive"
	case s.Negative >= 0.4:
		name = "problem-centred"
	case s.Positive >= mildly:
		name = "mildly positive"
	}
	detail := fmt.Sprintf("%s of the sentences are positive, %s negative", wording.Percent(s.Positive),
		wording.Percent(s.Negative))
	if words := termTexts(s.Words, 4); len(words) > 0 {
		detail += "; words of feeling: " + wording.Enumerate(words)
	}
	return judged(name, "%s", detail)
}
