package voice

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxPassages bounds the passages; the first five are for a style guide, all are for sample posts.
	maxPassages = 12
	// maxPerPage is how many passages come from one page, while others have some.
	maxPerPage = 3
	// The bounds of a passage in words.
	minPassage, maxPassage = 12, 90
)

// quotable reports whether the block at i may stand in a style guide: a paragraph of whole sentences that is no
// answer, testimonial, contact line or furniture.
func quotable(blocks []onboarding.Block, i int) bool {
	text := strings.TrimSpace(blocks[i].Text)
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	words := len(strings.Fields(text))
	switch {
	case blocks[i].Kind != onboarding.BlockParagraph, words < minPassage, words > maxPassage,
		!unicode.IsUpper(first) && !unicode.IsDigit(first) && first != '¿' && first != '¡',
		!strings.ContainsRune(".!?", last), strings.ContainsAny(text, "@©®★☆|{}<>#/\\"), strings.Contains(text, "..."):
		return false
	}
	// An answer means nothing without its question.
	if i > 0 && strings.HasSuffix(strings.TrimSpace(blocks[i-1].Text), "?") {
		return false
	}
	// A testimonial is followed by its author.
	if i+1 < len(blocks) {
		next := strings.TrimSpace(blocks[i+1].Text)
		if mark, _ := utf8.DecodeRuneInString(next); strings.ContainsRune("-–—~", mark) && len(strings.Fields(next)) <= 8 {
			return false
		}
	}
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits*20 < utf8.RuneCountInString(text)
}

// passages are the most typical paragraphs: those whose style is nearest to the rest of the site and that use its
// characteristic words.
func (s *site) passages(words []onboarding.VoiceWord) []onboarding.Passage {
	type candidate struct {
		paragraph
		score float64
	}
	telling := map[string]bool{}
	for _, w := range words {
		telling[strings.ToLower(w.Text)] = true
	}
	var all []candidate
	rest := s.all.clone()
	for _, p := range s.paragraphs {
		if !p.quotable {
			continue
		}
		own := s.model.newCounts()
		own.add(p.reading, 1)
		rest.add(p.reading, -1)
		score := s.model.weigh(s.model.cosines(s.model.vector(own), s.model.vector(rest)), p.words)
		rest.add(p.reading, 1)
		seen := map[string]bool{}
		for _, t := range p.tokens {
			if telling[t.lower] && !seen[t.lower] {
				seen[t.lower] = true
				score += 0.25
			}
		}
		all = append(all, candidate{p, score})
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	out := []onboarding.Passage{}
	perPage := map[int]int{}
	for _, c := range all {
		if len(out) < maxPassages && perPage[c.page] < maxPerPage {
			perPage[c.page]++
			out = append(out, onboarding.Passage{Text: c.text, URL: s.pages[c.page].URL})
		}
	}
	return out
}
