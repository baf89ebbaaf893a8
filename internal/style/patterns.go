package style

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// sentencePattern gives the shares of short and long sentences.
func sentencePattern(e *evidence) onboarding.Judged {
	d := e.m.SentenceWords
	short, long := 0, 0
	for _, b := range d.Histogram {
		if b.To != nil && *b.To <= 10 {
			short += b.Count
		} else if b.From > 25 {
			long += b.Count
		}
	}
	n := float64(e.m.Sentences)
	return plain(fmt.Sprintf("mean %s words; %s have at most 10, %s more than 25", wording.Number(d.Mean),
		wording.Percent(float64(short)/n), wording.Percent(float64(long)/n)))
}

// vocabularyPatterns are recurring phrases and habits.
func vocabularyPatterns(e *evidence) []string {
	var out wording.Sentences
	for _, p := range wording.First(e.m.Phrases, 6) {
		out.Add(true, "“%s” %d times", p.Text, p.Count)
	}
	contractions, long := textstat.OrZero(e.m.Syntax.ContractionsPer1000), textstat.OrZero(e.m.Vocabulary.LongWordShare)
	out.Add(contractions >= 5, "contractions, %s in 1,000 words", wording.Number(contractions))
	out.Add(long >= 0.3 && isEnglish(e.c.Lang), "many long words, %s", wording.Percent(long))
	return out
}

// rhetoricalDevices lists the devices found, with one example each.
func rhetoricalDevices(e *evidence) []string {
	names := map[string]string{
		"question": "questions", "list_of_three": "lists of three", "anaphora": "sentences that begin alike",
		"alliteration": "alliteration",
		"contrast":     "contrast (not … but)", "quotation": "quotations", "exclamation": "exclamations", "figure": "figures",
	}
	var out wording.Sentences
	for _, d := range e.m.Devices {
		out.Add(true, "%s, %d: %s", names[d.Name], d.Count, quote(d.Example))
	}
	return out
}

// paragraphPattern gives the length of paragraphs in words and sentences.
func paragraphPattern(e *evidence) onboarding.Judged {
	d := e.m.ParagraphWords
	if d == nil {
		return none
	}
	sentences, single := 0, 0
	for _, ch := range e.c.Chunks {
		if ch.Sentences > 0 && ch.Kind != onboarding.BlockListItem {
			sentences += ch.Sentences
			single += textstat.BoolToInt(ch.Sentences == 1)
		}
	}
	return plain(fmt.Sprintf("mean %s words, median %s; mean %s sentences, %d of %s have one",
		wording.Number(d.Mean), wording.Number(d.Median),
		wording.Number(float64(sentences)/float64(e.m.Paragraphs)), single, wording.Plural(e.m.Paragraphs, "paragraph")))
}

func transitionPhrases(e *evidence) []string { return termTexts(e.m.Transitions, 10) }

// styleConsistency judges how much the sentence lengths of the pages differ.
func styleConsistency(e *evidence) onboarding.Judged {
	k := e.m.Consistency
	if k == nil {
		return none
	}
	return judged(wording.Band(k.SentenceWordsCV, []float64{0.15, 0.35}, "high", "medium", "low"),
		"mean sentence length varies by %s between %s, readability by %.0f LIX points", wording.Percent(k.SentenceWordsCV),
		wording.Plural(k.Pages, "page"), k.LIXRange)
}

// uniqueElements lists habits with unusual rates.
func uniqueElements(e *evidence) []string {
	var out wording.Sentences
	for _, mark := range []struct {
		name, text string
		least      float64
	}{
		{"dash", "dashes", 8},
		{"ellipsis", "ellipses", 3},
		{"semicolon", "semicolons", 3},
		{"exclamation_mark", "exclamation marks", 6},
		{"parenthesis", "brackets", 8},
		{"colon", "colons", 12},
	} {
		rate := e.m.PunctuationPer1000[mark.name]
		often := rate >= mark.least && rate*float64(e.m.ProseWords) >= 2000
		out.Add(often, "many %s (%s in 1,000 words)", mark.text, wording.Number(rate))
	}
	for _, p := range e.m.Phrases {
		out.Add(p.Pages >= 3 && len(out) < 6, "signature phrase “%s” (on %d pages)", p.Text, p.Pages)
	}
	opening := e.openingQuotes()
	out.Add(opening >= 2, "%d pages open with a quotation", opening)
	return out
}

// openingQuotes counts the pages whose first text is a quotation.
func (e *evidence) openingQuotes() int {
	n := 0
	for _, p := range e.pages {
		i := slices.IndexFunc(p.Blocks, func(b onboarding.Block) bool { return b.Kind != onboarding.BlockHeading })
		if i >= 0 && (p.Blocks[i].Kind == onboarding.BlockQuote || strings.IndexAny(p.Blocks[i].Text, "“\"") == 0) {
			n++
		}
	}
	return n
}
