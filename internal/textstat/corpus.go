package textstat

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/sentences"
)

const (
	// MaxWords is the most words of a site that are measured.
	MaxWords = 200_000
	// minRepeatWords is the least length of a sentence whose repetitions are dropped.
	minRepeatWords = 6
	// MinItemWords is the least length of a list item that counts as a sentence
	// without a full stop.
	MinItemWords = 8
	// minParagraphWords is the same for a paragraph.
	minParagraphWords = 5
)

// Sentence is one measured sentence.
type Sentence struct {
	Text  string
	Words []Word
	Page  int
	// Chunk is the index of its block among the chunks of the corpus.
	Chunk int
}

// Chunk is one block of text with its words: the unit in which keywords occur
// together.
type Chunk struct {
	Kind  onboarding.BlockKind
	Text  string
	Words []Word
	Page  int
	// running reports whether the block consists of sentences; Sentences counts the
	// measured ones, Prose their words.
	running          bool
	Sentences, Prose int
	// Aside reports whether the block says nothing of what the site is about (legal texts,
	// contact details): it is no source of keywords.
	Aside bool
}

// Corpus is the split text of a site in one language.
type Corpus struct {
	Lang onboarding.TextLanguage
	// Rules is the language whose rules and word lists hold, "" for none; Lex are the lists.
	Rules      string
	Lex        Lexicon
	phraseSets map[string]func() PhraseSet
	Chunks     []Chunk
	Sentences  []Sentence
	// pageWords counts the split words of each page; Cut reports whether the page has
	// more.
	pageWords []int
	Cut       []bool
	// Words counts the split words, prose those of the measured sentences.
	Words, prose int
	truncated    bool
	seen         map[string]bool
	splitter     *sentences.Splitter
	// LowerCase are the prose words that occur in lower case somewhere. A capitalized
	// word that never does counts as a name.
	LowerCase WordSet
	// syllables are those of the English words that were counted.
	syllables map[string]int
}

// NewCorpus splits the blocks of each page. Code is left out.
func (m *Meter) NewCorpus(
	ctx context.Context, pages [][]onboarding.Block, lang onboarding.TextLanguage,
) (*Corpus, error) {
	rules := RulesOf(lang)
	c := &Corpus{
		Lang: lang, Rules: rules, Lex: m.languages[rules], phraseSets: m.phraseSets[rules],
		pageWords: make([]int, len(pages)), Cut: make([]bool, len(pages)), seen: map[string]bool{}, LowerCase: WordSet{},
		splitter: sentences.New(lang.Code), syllables: map[string]int{},
	}
	for _, blocks := range pages {
		for _, b := range blocks {
			c.splitter.Learn(b.Text)
		}
	}
	for i, blocks := range pages {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("split text: %w", err)
		}
		for _, b := range blocks {
			switch {
			case !isText(b):
			case c.Words >= MaxWords:
				c.truncated, c.Cut[i] = true, true
			default:
				c.addBlock(b, i)
			}
		}
	}
	return c, nil
}

// isText reports whether a block is measured: it is not empty and not code.
func isText(b onboarding.Block) bool {
	return b.Kind != onboarding.BlockCode && strings.TrimSpace(b.Text) != ""
}

// Phrases is a word list of the corpus' rules, ready to search; empty for an unknown one.
func (c *Corpus) Phrases(list string) PhraseSet {
	if set, ok := c.phraseSets[list]; ok {
		return set()
	}
	return PhraseSet{}
}

// WordCounts counts all words of every page, also of cut pages and of those in another
// language. Foreign maps these to their language codes.
func (c *Corpus) WordCounts(ctx context.Context, pages []onboarding.Page, foreign map[int]string) ([]int, error) {
	counts := slices.Clone(c.pageWords)
	for i, p := range pages {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("count words: %w", err)
		}
		code, left := foreign[i]
		if !left && !c.Cut[i] {
			continue
		}
		reader := c
		if left {
			reader = &Corpus{Lang: onboarding.TextLanguage{Code: code, Spaced: !unspaced(code)}}
		}
		counts[i] = 0
		for _, b := range p.Blocks {
			if isText(b) {
				counts[i] += len(reader.Split(b.Text))
			}
		}
	}
	return counts, nil
}

// addBlock adds one block of page i.
func (c *Corpus) addBlock(b onboarding.Block, i int) {
	text := b.Text
	if limit := 16 * (MaxWords - c.Words); len(text) > limit {
		text, c.truncated, c.Cut[i] = Clip(text, limit), true, true
	}
	ch := Chunk{Kind: b.Kind, Text: text, Page: i}
	var list []Sentence
	if mayBeProse(b.Kind) {
		list, ch.Words = c.splitSentences(text)
	} else {
		ch.Words = c.Split(text)
	}
	if len(ch.Words) == 0 {
		return
	}
	c.Words += len(ch.Words)
	c.pageWords[i] += len(ch.Words)
	if ch.running = isProse(b.Kind, text, len(ch.Words)); ch.running {
		for _, s := range list {
			c.addSentence(&ch, s.Text, s.Words, i)
		}
	}
	c.Chunks = append(c.Chunks, ch)
}

// splitSentences splits a block into sentences with their words, and returns all of its words too.
func (c *Corpus) splitSentences(text string) (list []Sentence, words []Word) {
	for _, s := range c.splitter.Split(text) {
		own := c.Split(s)
		first := len(words)
		if words = append(words, own...); first > 0 && len(own) > 0 {
			words[first].gap = true
		}
		list = append(list, Sentence{Text: s, Words: own})
	}
	return list, words
}

// addSentence adds a sentence of ch unless the site has shown it before.
func (c *Corpus) addSentence(ch *Chunk, text string, words []Word, page int) {
	if len(words) == 0 {
		return
	}
	if len(words) >= minRepeatWords {
		key := sentenceKey(text)
		if c.seen[key] {
			return
		}
		c.seen[key] = true
	}
	ch.Sentences++
	ch.Prose += len(words)
	c.prose += len(words)
	for _, w := range words {
		if w.text == w.Lower {
			c.LowerCase[w.Lower] = true
		}
	}
	c.Sentences = append(c.Sentences, Sentence{Text: text, Words: words, Page: page, Chunk: len(c.Chunks)})
}

// sentenceKey is equal for sentences that differ in case and outer marks only.
func sentenceKey(text string) string {
	return strings.ToLower(strings.Trim(text, " \"“”„«»'‘’.!?…"))
}

// Split cuts text into the words of the corpus' language.
func (c *Corpus) Split(text string) []Word {
	switch {
	case c.Lang.Code == "ja":
		return japaneseWords(text)
	case !c.Lang.Spaced:
		return segmentWords(text)
	}
	return SplitWords(text, Elides(c.Lang.Code))
}

// Elides reports whether short words before an apostrophe are words of their own in the
// language.
func Elides(code string) bool { return code == "fr" || code == "it" }

// mayBeProse reports whether a kind of block may be made of sentences.
func mayBeProse(kind onboarding.BlockKind) bool {
	return kind == onboarding.BlockQuote || kind == onboarding.BlockParagraph || kind == onboarding.BlockListItem
}

// isProse reports whether a block is made of sentences. Quotations are; paragraphs
// and list items are when they are long enough or end like a sentence, so that
// labels and link texts don't count as sentences of two words.
func isProse(kind onboarding.BlockKind, text string, words int) bool {
	switch kind {
	case onboarding.BlockQuote:
		return true
	case onboarding.BlockParagraph:
		return words >= minParagraphWords || endsSentence(text)
	case onboarding.BlockListItem:
		return words >= MinItemWords || words >= 3 && endsSentence(text)
	default:
		return false
	}
}

func endsSentence(text string) bool { return sentences.EndsSentence(sentences.Last(text)) }

// proseWords calls yield for each word of the measured sentences.
func (c *Corpus) proseWords(yield func(Word) bool) {
	for _, s := range c.Sentences {
		for _, w := range s.Words {
			if !yield(w) {
				return
			}
		}
	}
}
