package textstat

import (
	"context"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Minimum amounts of text. Below them a number is mostly chance and stays nil.
const (
	// MinRatioWords is for shares of words and for readability.
	MinRatioWords = 30
	// MinLabelWords is for the labels that summarize numbers (tone, complexity, …).
	MinLabelWords = 50
	// MinProfileWords is for the function-word profile.
	MinProfileWords = 100
	// minSentences is for shares of sentences.
	minSentences = 3
	// minAddressForms is for the share of polite forms.
	minAddressForms = 3
	// MinPageWords is for comparing a page with the others.
	MinPageWords = 50
)

// MeasureCorpus computes everything that needs only the text, which is all but
// PageTypes and Audience. Urls are the addresses of the pages, names the owner's names in lower case,
// and brand the words of these that the text does not use otherwise. It returns an error
// only when ctx ends.
func (m *Meter) MeasureCorpus(
	ctx context.Context, c *Corpus, titles []Title, brand, names WordSet, urls []string,
) (onboarding.Measurements, error) {
	out := onboarding.Measurements{
		Language: c.Lang, Words: c.Words, ProseWords: c.prose, Sentences: len(c.Sentences), Truncated: c.truncated,
		PageTypes: onboarding.PageTypes{Found: []onboarding.PageType{}}, Audience: []onboarding.Term{},
	}
	steps := []func(){
		func() { measureLengths(&out, c) },
		func() { out.Readability, out.Vocabulary = m.readability(c), vocabulary(c) },
		func() { out.Person, out.Syntax, out.Formality = person(c), syntax(c), formality(c) },
		func() { out.PunctuationPer1000, out.FunctionWords = punctuation(c), m.functionWords(c) },
		func() { out.Sentiment = m.sentimentOf(c) },
		func() { out.Keywords = keywords(c, titles, brand) },
		func() {
			out.Topics = topics(c, out.Keywords, urls)
			asWritten(c, out.Keywords, out.Topics)
		},
		func() { out.Phrases, out.Transitions = phrases(c, names), transitions(c) },
		func() { out.Devices, out.Consistency = devices(c), m.consistency(c) },
	}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return onboarding.Measurements{}, err
		}
		step()
	}
	return out, nil
}

// measureLengths fills the counts and distributions.
func measureLengths(m *onboarding.Measurements, c *Corpus) {
	var sentenceWords, paragraphWords, letters []int
	for _, s := range c.Sentences {
		sentenceWords = append(sentenceWords, len(s.Words))
	}
	for _, ch := range c.Chunks {
		if ch.Sentences > 0 && ch.Kind != onboarding.BlockListItem {
			paragraphWords = append(paragraphWords, ch.Prose)
		}
	}
	for w := range c.proseWords {
		letters = append(letters, w.letters())
	}
	for _, n := range c.pageWords {
		if n > 0 {
			m.Pages++
		}
	}
	m.Paragraphs = len(paragraphWords)
	m.SentenceWords = distribution(sentenceWords, []int{5, 10, 15, 20, 25, 30, 40})
	m.ParagraphWords = distribution(paragraphWords, []int{20, 40, 60, 80, 120, 200})
	if c.Lang.Spaced {
		m.WordLetters = distribution(letters, []int{2, 4, 6, 8, 10, 13})
	}
}

// consistency compares the pages that have enough prose; nil for fewer than two.
func (m *Meter) consistency(c *Corpus) *onboarding.Consistency {
	byPage := make([][]Sentence, len(c.pageWords))
	for _, s := range c.Sentences {
		byPage[s.Page] = append(byPage[s.Page], s)
	}
	var means, lixes []float64
	for _, list := range byPage {
		t := m.count(c, list)
		if t.words >= MinPageWords {
			means = append(means, t.wordsPerSentence())
			lixes = append(lixes, t.lix())
		}
	}
	if len(means) < 2 || !Alphabetic(c.Lang.Code) {
		return nil
	}
	mean, deviation := meanAndDeviation(means)
	return &onboarding.Consistency{
		Pages: len(means), SentenceWordsCV: round4(deviation / mean), LIXRange: round4(slices.Max(lixes) - slices.Min(lixes)),
	}
}

// HeadingTitles are the headings of the corpus.
func HeadingTitles(c *Corpus) []Title {
	var titles []Title
	for _, ch := range c.Chunks {
		if ch.Kind == onboarding.BlockHeading && !ch.Aside {
			titles = append(titles, Title{Words: ch.Words, Page: ch.Page})
		}
	}
	return titles
}
