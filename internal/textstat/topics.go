package textstat

import (
	"cmp"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	maxTopics     = 8
	maxTopicTerms = 6
	// topicOverlap is the share of a term's chunks that must also show the topic's
	// name for the term to join the topic.
	topicOverlap = 0.4
)

// topics groups keywords: the best keyword without a group starts one, and those that
// share a word with it or occur in the same blocks join it.
func topics(c *Corpus, ranked []onboarding.Keyword, urls []string) []onboarding.Topic {
	places := make([]map[int]bool, len(ranked))
	for i, k := range ranked {
		places[i] = chunksWith(c, k.Text)
	}
	used := make([]bool, len(ranked))
	out := []onboarding.Topic{}
	for i, k := range ranked {
		if used[i] || len(places[i]) < 2 || len(out) == maxTopics {
			continue
		}
		used[i] = true
		topic := onboarding.Topic{Name: k.Text, Terms: onboarding.List{k.Text}}
		covered := map[int]bool{}
		maps.Copy(covered, places[i])
		for j := i + 1; j < len(ranked) && len(topic.Terms) < maxTopicTerms; j++ {
			if !used[j] && len(places[j]) > 0 &&
				(sharesWord(k.Text, ranked[j].Text) || overlap(places[j], places[i]) >= topicOverlap) {
				used[j] = true
				topic.Terms = append(topic.Terms, ranked[j].Text)
				maps.Copy(covered, places[j])
			}
		}
		topic.Share = round4(float64(len(covered)) / float64(len(c.Chunks)))
		topic.Pages = pagesOf(c, places[i], urls)
		out = append(out, topic)
	}
	slices.SortStableFunc(out, func(a, b onboarding.Topic) int { return cmp.Compare(b.Share, a.Share) })
	return out
}

// chunksWith returns the blocks with the term in singular or plural.
func chunksWith(c *Corpus, term string) map[int]bool {
	key := Singular(term, c.Rules)
	length := len(SplitWords(term, false))
	initial, _ := utf8.DecodeRuneInString(term)
	found := map[int]bool{}
	for i, ch := range c.Chunks {
		for at := 0; at+length <= len(ch.Words) && !ch.Aside; at++ {
			if first, _ := utf8.DecodeRuneInString(ch.Words[at].Lower); first != initial {
				continue
			}
			if Singular(JoinWords(ch.Words[at:at+length]), c.Rules) == key {
				found[i] = true
				break
			}
		}
	}
	return found
}

// overlap is the share of a that is in b.
func overlap(a, b map[int]bool) float64 {
	n := 0
	for i := range a {
		if b[i] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// sharesWord reports whether two terms have a word of four letters or more in common.
func sharesWord(a, b string) bool {
	return slices.ContainsFunc(SplitWords(a, false), func(w Word) bool {
		return len(w.Lower) >= 4 && containsPhrase(b, w.Lower)
	})
}

// pagesOf lists the addresses of the pages of the chunks, in crawl order.
func pagesOf(c *Corpus, chunks map[int]bool, urls []string) onboarding.List {
	pages := map[int]bool{}
	for i := range chunks {
		pages[c.Chunks[i].Page] = true
	}
	list := onboarding.List{}
	for _, page := range SortedKeys(pages) {
		if page < len(urls) && urls[page] != "" {
			list = append(list, urls[page])
		}
	}
	return list
}
