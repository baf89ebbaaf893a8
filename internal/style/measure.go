package style

import (
	"context"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Least amounts of text. Below them a number says more about chance than about
// the writer, and stays nil.
const (
	// minRatioWords is for shares of words and for readability.
	minRatioWords = 30
	// minLabelWords is for the labels that sum numbers up (tone, complexity, …).
	minLabelWords = 50
	// minProfileWords is for the function-word profile.
	minProfileWords = 100
	// minSentences is for shares of sentences.
	minSentences = 3
	// minAddressForms is for the share of polite forms.
	minAddressForms = 3
	// minPageWords is for a page to be compared with the others.
	minPageWords = 50
)

// Measure measures plain texts as if each were a page: paragraphs are separated by
// blank lines. Declared is the language the texts are said to be in, or "". It
// fills everything but PageTypes; for no text, all of it is zero. It returns an
// error only when ctx ends.
func (a *Analyzer) Measure(ctx context.Context, texts []string, declared string) (onboarding.Measurements, error) {
	pages := make([][]onboarding.Block, len(texts))
	for i, text := range texts {
		pages[i] = paragraphs(text)
	}
	c, err := a.newCorpus(ctx, pages, a.detectLanguage(strings.Join(texts, "\n\n"), declared))
	if err != nil {
		return onboarding.Measurements{}, err
	}
	return a.measure(ctx, c, headingTitles(c), wordSet{}, wordSet{}, make([]string, len(texts)))
}

// measure computes everything that needs no more than the text. Urls are the
// addresses of the pages, names the names of the owner in lower case, brand those
// words of them that the text does not use otherwise.
func (a *Analyzer) measure(ctx context.Context, c *corpus, titles []title, brand, names wordSet, urls []string) (onboarding.Measurements, error) {
	m := onboarding.Measurements{
		Language: c.lang, Words: c.words, ProseWords: c.prose(), Sentences: len(c.sentences), Truncated: c.truncated,
		PageTypes: onboarding.PageTypes{Found: []onboarding.PageType{}},
	}
	steps := []func(){
		func() { measureLengths(&m, c) },
		func() { m.Readability, m.Vocabulary = a.readability(c), vocabulary(c) },
		func() { m.Person, m.Syntax, m.Formality = person(c), syntax(c), formality(c) },
		func() { m.PunctuationPer1000, m.FunctionWords = punctuation(c), a.functionWords(c) },
		func() { m.Sentiment = a.sentimentOf(c) },
		func() { m.Keywords = keywords(c, titles, brand) },
		func() { m.Topics = topics(c, m.Keywords, urls) },
		func() { m.Phrases, m.Transitions, m.Audience = phrases(c, names), transitions(c), audience(c, titles) },
		func() { m.Devices, m.Consistency = a.devices(c), a.consistency(c) },
	}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return onboarding.Measurements{}, err
		}
		step()
	}
	return m, nil
}

// measureLengths fills the counts and distributions.
func measureLengths(m *onboarding.Measurements, c *corpus) {
	var sentenceWords, paragraphWords, letters []int
	for _, s := range c.sentences {
		sentenceWords = append(sentenceWords, len(s.words))
	}
	for _, ch := range c.chunks {
		if ch.sentences > 0 && ch.kind != onboarding.BlockListItem {
			paragraphWords = append(paragraphWords, ch.prose)
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
	if c.lang.Spaced {
		m.WordLetters = distribution(letters, []int{2, 4, 6, 8, 10, 13})
	}
}

// consistency compares the pages that have enough prose; nil for fewer than two.
func (a *Analyzer) consistency(c *corpus) *onboarding.Consistency {
	byPage := make([][]sentence, len(c.pageWords))
	for _, s := range c.sentences {
		byPage[s.page] = append(byPage[s.page], s)
	}
	var means, lixes []float64
	for _, list := range byPage {
		t := a.count(c, list)
		if t.words >= minPageWords {
			means = append(means, t.wordsPerSentence())
			lixes = append(lixes, t.lix())
		}
	}
	if len(means) < 2 || !alphabetic(c.lang.Code) {
		return nil
	}
	return &onboarding.Consistency{Pages: len(means), SentenceWordsCV: round4(variation(means)), LIXRange: round4(spread(lixes))}
}

// headingTitles are the headings of the corpus.
func headingTitles(c *corpus) []title {
	var titles []title
	for _, ch := range c.chunks {
		if ch.kind == onboarding.BlockHeading {
			titles = append(titles, title{words: ch.words, page: ch.page})
		}
	}
	return titles
}
