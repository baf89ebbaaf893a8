package style

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxWords is how much of a site is measured.
	maxWords = 200_000
	// minRepeatWords is the length from which a repeated sentence counts once.
	minRepeatWords = 6
	// minItemWords is the length from which a list item without a full stop counts
	// as a sentence.
	minItemWords = 8
	// minParagraphWords is the same for a paragraph.
	minParagraphWords = 5
)

// sentence is one measured sentence.
type sentence struct {
	text  string
	words []word
	page  int
	// chunk is the index of its block among the chunks of the corpus.
	chunk int
}

// chunk is one block of text with its words: the unit in which keywords occur
// together.
type chunk struct {
	kind  onboarding.BlockKind
	text  string
	words []word
	page  int
	// running tells that the block is made of sentences; sentences counts those of
	// them that are measured, prose their words.
	running          bool
	sentences, prose int
}

// corpus is the split text of a site in one language.
type corpus struct {
	lang      onboarding.TextLanguage
	lex       lexicon
	chunks    []chunk
	sentences []sentence
	// pageWords counts the words of each page that were split; cut tells that the
	// page has more.
	pageWords []int
	cut       []bool
	words     int
	truncated bool
	seen      map[string]bool
	// lowerCase are the prose words that occur in lower case somewhere: a capital
	// one that never does is taken for a name.
	lowerCase wordSet
}

// newCorpus splits the blocks of each page. Code is left out.
func (a *Analyzer) newCorpus(ctx context.Context, pages [][]onboarding.Block, lang onboarding.TextLanguage) (*corpus, error) {
	c := &corpus{lang: lang, lex: a.lex.languages[lang.Code], pageWords: make([]int, len(pages)), cut: make([]bool, len(pages)), seen: map[string]bool{}, lowerCase: wordSet{}}
	for i, blocks := range pages {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("split text: %w", err)
		}
		for _, b := range blocks {
			switch {
			case !isText(b):
			case c.words >= maxWords:
				c.truncated, c.cut[i] = true, true
			default:
				a.addBlock(c, b, i)
			}
		}
	}
	return c, nil
}

// isText tells what is measured from code and empty blocks.
func isText(b onboarding.Block) bool {
	return b.Kind != onboarding.BlockCode && strings.TrimSpace(b.Text) != ""
}

// wordCounts counts the words of every page, also of those in another language,
// which foreign gives, and of those that are cut.
func (c *corpus) wordCounts(ctx context.Context, pages []onboarding.Page, foreign map[int]string) ([]int, error) {
	counts := slices.Clone(c.pageWords)
	for i, p := range pages {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("count words: %w", err)
		}
		code, left := foreign[i]
		if !left && !c.cut[i] {
			continue
		}
		reader := c
		if left {
			reader = &corpus{lang: onboarding.TextLanguage{Code: code, Spaced: !unspaced(code)}}
		}
		counts[i] = 0
		for _, b := range p.Blocks {
			if isText(b) {
				counts[i] += len(reader.split(b.Text))
			}
		}
	}
	return counts, nil
}

// addBlock adds one block of page i.
func (a *Analyzer) addBlock(c *corpus, b onboarding.Block, i int) {
	text := b.Text
	if limit := 16 * (maxWords - c.words); len(text) > limit {
		text, c.truncated, c.cut[i] = clip(text, limit), true, true
	}
	ch := chunk{kind: b.Kind, text: text, words: c.split(text), page: i}
	if len(ch.words) == 0 {
		return
	}
	c.words += len(ch.words)
	c.pageWords[i] += len(ch.words)
	if ch.running = isProse(b.Kind, text, len(ch.words)); ch.running {
		for _, s := range a.splitSentences(text, c.lang.Code) {
			c.addSentence(&ch, s, i)
		}
	}
	c.chunks = append(c.chunks, ch)
}

// addSentence adds a sentence of ch unless the site has shown it before.
func (c *corpus) addSentence(ch *chunk, text string, page int) {
	words := c.split(text)
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
	ch.sentences++
	ch.prose += len(words)
	for _, w := range words {
		if w.text == w.lower {
			c.lowerCase[w.lower] = true
		}
	}
	c.sentences = append(c.sentences, sentence{text: text, words: words, page: page, chunk: len(c.chunks)})
}

// sentenceKey is equal for sentences that differ in case and outer marks only.
func sentenceKey(text string) string {
	return strings.ToLower(strings.Trim(text, " \"“”„«»'‘’.!?…"))
}

// split cuts text into the words of the corpus' language.
func (c *corpus) split(text string) []word {
	if !c.lang.Spaced {
		return segmentWords(text)
	}
	return splitWords(text, c.lang.Code == "fr" || c.lang.Code == "it")
}

// isProse tells whether a block is made of sentences. Quotations are; paragraphs
// and list items are when they are long enough or end like a sentence, so that
// labels and link texts don't count as sentences of two words.
func isProse(kind onboarding.BlockKind, text string, words int) bool {
	switch kind {
	case onboarding.BlockQuote:
		return true
	case onboarding.BlockParagraph:
		return words >= minParagraphWords || endsSentence(text)
	case onboarding.BlockListItem:
		return words >= minItemWords || words >= 3 && endsSentence(text)
	}
	return false
}

// endsSentence tells whether the last mark of text, quotes and brackets aside,
// ends a sentence.
func endsSentence(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Pf, r) || unicode.Is(unicode.Pe, r) || r == '"'
	}))
	return strings.ContainsRune(".!?…。！？", last)
}

// proseWords calls yield for each word of the measured sentences.
func (c *corpus) proseWords(yield func(word) bool) {
	for _, s := range c.sentences {
		for _, w := range s.words {
			if !yield(w) {
				return
			}
		}
	}
}

// prose counts the words of the measured sentences.
func (c *corpus) prose() int {
	n := 0
	for _, s := range c.sentences {
		n += len(s.words)
	}
	return n
}

// paragraphs splits plain text into paragraph blocks at blank lines.
func paragraphs(text string) []onboarding.Block {
	var blocks []onboarding.Block
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			blocks = append(blocks, onboarding.Block{Kind: onboarding.BlockParagraph, Text: part})
		}
	}
	return blocks
}
