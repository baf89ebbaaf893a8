package textstat

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	maxKeywords = 30
	// maxCandidates bounds the comparison of each candidate with each.
	maxCandidates = 400
	// titleWeight is the weight of an occurrence in a title or heading; one in the text
	// has 1.
	titleWeight = 2
	// nameWeight is what a name of one word is worth beside other terms.
	nameWeight = 0.4
)

// Title is a page title, heading or description: text outside the prose that states
// the subject of a page.
type Title struct {
	Words []Word
	Page  int
}

// candidate is a term with the evidence for it.
type candidate struct {
	onboarding.Keyword
	length int
	forms  map[string]int
	pages  map[int]bool
	// modifying counts the occurrences right before another content word.
	modifying int
	// weakEnd reports whether the term begins or ends with a general word.
	weakEnd bool
}

// keywords ranks the terms of one to three words that the site is about.
//
// Candidates are runs of content words between function words and punctuation, as
// in RAKE (Rose et al. 2010). A candidate's score is (occurrences + 2 in titles
// and headings) · (1 + log2 pages) · length weight; see hasEvidence for how often one
// must occur. A repeated sentence counts once, blocks that are set aside not at all.
// Plurals and possessives count as their singular; brand names are left out.
func keywords(c *Corpus, titles []Title, brand WordSet) []onboarding.Keyword {
	if len(c.Lex["stop"]) == 0 {
		return []onboarding.Keyword{}
	}
	found := map[string]*candidate{}
	for _, s := range c.Sentences {
		if !c.Chunks[s.Chunk].Aside {
			collect(found, c, s.Words, s.Page, brand, false)
		}
	}
	seen := map[string]bool{}
	for _, ch := range c.Chunks {
		if ch.Kind != onboarding.BlockHeading && !ch.running && !ch.Aside && !seen[ch.Text] {
			collect(found, c, ch.Words, ch.Page, brand, false)
			seen[ch.Text] = len(ch.Words) >= minRepeatWords
		}
	}
	for _, t := range titles {
		collect(found, c, t.Words, t.Page, brand, true)
	}
	ranked := rank(found, c)
	kept := []onboarding.Keyword{}
	for i, k := range ranked {
		if !absorbed(k, ranked[:i], ranked) && len(kept) < maxKeywords {
			k.Count = k.total()
			kept = append(kept, k.Keyword)
		}
	}
	return kept
}

// asWritten gives the keywords and topics of a language in which nouns have a capital the
// form that the text mostly writes.
func asWritten(c *Corpus, keywords []onboarding.Keyword, topics []onboarding.Topic) {
	if c.Rules != "de" {
		return
	}
	written := map[string]map[string]int{}
	for _, ch := range c.Chunks {
		for i := range ch.Words {
			for n := 1; n <= 3 && i+n <= len(ch.Words); n++ {
				lower := JoinWords(ch.Words[i : i+n])
				if written[lower] == nil {
					written[lower] = map[string]int{}
				}
				written[lower][JoinWritten(ch.Words[i:i+n])]++
			}
		}
	}
	form := func(lower string) string { return cmp.Or(commonForm(written[lower]), lower) }
	for i := range keywords {
		keywords[i].Text = form(keywords[i].Text)
	}
	for i := range topics {
		topics[i].Name = form(topics[i].Name)
		for j := range topics[i].Terms {
			topics[i].Terms[j] = form(topics[i].Terms[j])
		}
	}
}

// JoinWritten joins words as they are written, with a space between two.
func JoinWritten(words []Word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.text
	}
	return strings.Join(parts, " ")
}

// collect adds every candidate term of words.
func collect(found map[string]*candidate, c *Corpus, words []Word, page int, brand WordSet, inTitle bool) {
	for i := range words {
		for n := 1; n <= 3 && i+n <= len(words); n++ {
			if !isCandidate(words[i:i+n], c.Lex, brand) {
				break
			}
			weakEnd, ok := keywordEnds(words[i:i+n], c.Lex)
			if !ok || c.Rules == "de" && !isCapital(words[i+n-1].text) {
				continue // in German, only nouns have a capital
			}
			form := JoinWords(words[i : i+n])
			key := Singular(form, c.Rules)
			k := found[key]
			if k == nil {
				k = &candidate{length: n, forms: map[string]int{}, pages: map[int]bool{}, weakEnd: weakEnd}
				found[key] = k
			}
			if i+n < len(words) && isCandidate(words[i:i+n+1], c.Lex, brand) {
				k.modifying++
			}
			k.forms[form]++
			k.pages[page] = true
			if inTitle {
				k.InTitles++
			} else {
				k.Count++
			}
		}
	}
}

// isCandidate reports whether all words are content words in one run.
func isCandidate(words []Word, lex Lexicon, brand WordSet) bool {
	last := words[len(words)-1]
	if len(words) > 1 && last.gap || lex["stop"][last.Lower] || brand[last.Lower] || !last.HasLetter() {
		return false
	}
	return isLongEnough(last) || isCapital(last.text) && strings.ToUpper(last.text) == last.text
}

// isLongEnough reports whether a word has the length of a term: three letters, or two of those that are words by
// themselves.
func isLongEnough(w Word) bool {
	if r, _ := utf8.DecodeRuneInString(w.text); isIdeograph(r) {
		return utf8.RuneCountInString(w.text) >= 2
	}
	return utf8.RuneCountInString(w.text) > 2
}

// keywordEnds reports whether the ends of a term allow a keyword. A single word must
// not be a general word, an adverb, a participle, a contraction or a group of people
// (see audience). A phrase must not be general at both ends; weak reports whether it
// is at one.
func keywordEnds(words []Word, lex Lexicon) (weak, ok bool) {
	first, last := words[0].Lower, words[len(words)-1].Lower
	if len(words) == 1 {
		return false, !lex["weak"][first] && !chatter[first] && !lex["people"][first] && isLongEnough(words[0]) &&
			!isAdverb(first) && !isContraction(first, lex) && !isParticiple(first, lex)
	}
	weakFirst := lex["weak"][first] || chatter[first] || isAdverb(first)
	weakLast := lex["weak"][last] || chatter[last] || isAdverb(last)
	return weakFirst || weakLast, !weakFirst || !weakLast
}

func isAdverb(lower string) bool {
	return len(lower) > 5 && strings.HasSuffix(lower, "ly") && !hasEnding(lower, "family", "assembly", "supply")
}

// Singular returns a term with an English plural or possessive at its end removed.
func Singular(term, lang string) string {
	if lang != English {
		return term
	}
	term = strings.TrimSuffix(term, "'s")
	stem, ies := strings.CutSuffix(term, "ies")
	switch {
	case len(term) < 5 || hasEnding(term, "ss", "us", "is"):
		return term
	case ies && len(stem) > 2:
		return stem + "y"
	case hasEnding(term, "xes", "ches", "shes", "sses"):
		return strings.TrimSuffix(term, "es")
	}
	return strings.TrimSuffix(term, "s")
}

// hasEnding reports whether a word has one of the endings.
func hasEnding(word string, endings ...string) bool {
	return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(word, ending) })
}

// rank scores the candidates with enough evidence, best first.
func rank(found map[string]*candidate, c *Corpus) []*candidate {
	var ranked []*candidate
	for _, key := range SortedKeys(found) {
		k := found[key]
		if !k.hasEvidence() {
			continue
		}
		k.Text, k.Pages = commonForm(k.forms), len(k.pages)
		lengthWeight := []float64{1, 1.8, 2}[k.length-1]
		k.Score = round4(float64(k.Count+titleWeight*k.InTitles) * (1 + math.Log2(float64(k.Pages))) * lengthWeight)
		if k.isName(c) {
			k.Score = round4(k.Score * nameWeight)
		}
		ranked = append(ranked, k)
	}
	slices.SortStableFunc(ranked, func(a, b *candidate) int { return cmp.Compare(b.Score, a.Score) })
	return ranked[:min(len(ranked), maxCandidates)]
}

// isName reports whether the term is one word that the text never writes without a
// capital: a person or place, in languages where other nouns have none.
func (k *candidate) isName(c *Corpus) bool {
	return k.length == 1 && c.Rules != "de" && k.Count > 0 && !slices.ContainsFunc(SortedKeys(k.forms),
		func(form string) bool { return c.LowerCase[form] })
}

// total counts the occurrences of the term.
func (k *candidate) total() int { return k.Count + k.InTitles }

// hasEvidence reports whether the term occurs often enough: twice; three times for
// three words or a general word, the latter on two pages. A single word that looks
// like an adjective and mostly precedes another content word is no keyword.
func (k *candidate) hasEvidence() bool {
	total := k.total()
	switch {
	case total < 2 || k.Count == 0 && len(k.pages) < 2:
		return false
	case k.length == 3 && total < 3:
		return false
	case k.weakEnd && (total < 3 || len(k.pages) < 2):
		return false
	}
	return k.length > 1 || 4*k.modifying < 3*total || !isAdjective(commonForm(k.forms))
}

// isAdjective reports whether a word has a common ending of English adjectives.
func isAdjective(lower string) bool {
	return hasEnding(lower, "ive", "al", "ic", "ous", "ful", "able", "ible", "less", "ary")
}

func commonForm(forms map[string]int) string {
	best := ""
	for _, form := range SortedKeys(forms) {
		if best == "" || forms[form] > forms[best] {
			best = form
		}
	}
	return best
}

// absorbed reports whether a better or longer term covers k: k mostly occurs inside a
// longer term (half of the time if it usually precedes other words), or it is a rare
// phrase around a frequent word.
func absorbed(k *candidate, better, all []*candidate) bool {
	total, share := k.total(), 7
	if 4*k.modifying >= 3*total {
		share = 5
	}
	return slices.ContainsFunc(all, func(other *candidate) bool {
		return other.length > k.length && containsPhrase(other.Text, k.Text) && 10*other.total() >= total*share
	}) || total < 3 && slices.ContainsFunc(better, func(other *candidate) bool {
		return other.length < k.length && containsPhrase(k.Text, other.Text) && other.total() > 5*total
	})
}
