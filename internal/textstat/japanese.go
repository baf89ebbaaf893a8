package textstat

import (
	"strings"
	"unicode"
)

// hiraganaWords are the words that speak of the firm and the reader, and are not written in kanji alone.
var hiraganaWords = []string{
	"私たち", "わたしたち", "われわれ", "わたし", "ぼく", "あなた様", "あなた", "お客様", "お客さま", "皆さま", "皆さん", "みなさま", "みなさん",
}

// japaneseWords are those of segmentWords, with the kanji and katakana in a row taken together: hiragana ends nearly
// every such compound.
func japaneseWords(text string) []Word {
	var words []Word
	for text != "" {
		at, found := firstOf(text, hiraganaWords)
		words = joinCompounds(words, segmentWords(text[:at]))
		if found != "" {
			words = append(words, Word{text: found, Lower: found})
		}
		text = text[at+len(found):]
	}
	return words
}

// firstOf finds the first of the phrases, the longer one first, and where it begins: at the end of the text without
// one.
func firstOf(text string, phrases []string) (at int, found string) {
	at = len(text)
	for _, phrase := range phrases {
		if i := strings.Index(text[:min(len(text), at+len(phrase))], phrase); i >= 0 && i < at {
			at, found = i, phrase
		}
	}
	return at, found
}

// joinCompounds appends the words, each with those of ideographs that follow without a gap.
func joinCompounds(words, more []Word) []Word {
	for i, w := range more {
		if last := len(words) - 1; i > 0 && !w.gap && isCompound(w.text) && isCompound(words[last].text) {
			words[last].text += w.text
			words[last].Lower += w.Lower
			continue
		}
		words = append(words, w)
	}
	return words
}

// isCompound reports whether a segment is written in kanji or katakana.
func isCompound(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !isIdeograph(r) && r != 'ー' && r != '・' })
}

func isIdeograph(r rune) bool { return unicode.In(r, unicode.Han, unicode.Katakana) }
