package langdetect

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strings"
)

const (
	// keptGrams is how many n-grams a language keeps, the most frequent ones.
	keptGrams = 4000
	// leastShare is the share of the n-grams of its length from which an n-gram is evidence for a language. It is the
	// same for all, so that what is missing from a short training text counts like what no language has.
	leastShare = 2e-6
	// weightScale is the weight of a factor of e in frequency.
	weightScale = 20
	bucketBits  = 16
	// heldOut: every so many lines test the rest, for the typical score.
	heldOut = 5
)

// Text is what a language is learned from, by line.
type Text struct {
	Code  string
	Lines []string
}

// Train makes a model of texts: the same texts give the same bytes. There may be several of one language.
func Train(texts []Text) []byte {
	entries := map[uint32][]byte{}
	file := appendNumber(nil, len(texts))
	file = appendNumber(file, bucketBits)
	for i, t := range texts {
		weights := learn(t.Lines)
		for _, gram := range sortedKeys(weights) {
			entries[gram] = append(entries[gram], byte(i), weights[gram])
		}
		record := make([]byte, languageBytes)
		copy(record[:codeBytes-1], t.Code)
		main, _, _ := mainScript(strings.Join(t.Lines, " "))
		record[scriptAt] = byte(main)
		binary.LittleEndian.PutUint32(record[typicalAt:], math.Float32bits(typicalScore(t.Lines)))
		file = append(file, record...)
	}
	return appendEntries(file, entries)
}

// appendEntries writes the bucket index and the entries.
func appendEntries(file []byte, entries map[uint32][]byte) []byte {
	var body []byte
	next := uint32(0)
	for _, gram := range sortedKeys(entries) {
		for ; next <= gram>>(32-bucketBits); next++ {
			file = appendNumber(file, len(body))
		}
		body = append(body, byte(gram), byte(gram>>8), byte(len(entries[gram])/2)) //nolint:gosec // at most 255 languages
		body = append(body, entries[gram]...)
	}
	for ; next <= 1<<bucketBits; next++ {
		file = appendNumber(file, len(body))
	}
	return append(file, body...)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func appendNumber(file []byte, n int) []byte {
	return binary.LittleEndian.AppendUint32(file, uint32(n)) //nolint:gosec // far below 4 GiB
}

// learn returns the weights of the most frequent n-grams of some lines.
func learn(lines []string) map[uint32]byte {
	type seen struct{ length, count int }
	grams, totals := map[uint32]seen{}, map[int]int{}
	for _, line := range lines {
		eachGram(line, func(length int, gram uint32) {
			grams[gram] = seen{length, grams[gram].count + 1}
			totals[length]++
		})
	}
	order := slices.SortedFunc(maps.Keys(grams), func(a, b uint32) int {
		return cmp.Or(cmp.Compare(grams[b].count, grams[a].count), cmp.Compare(a, b))
	})
	weights := map[uint32]byte{}
	for _, gram := range order {
		g := grams[gram]
		share := float64(g.count) / float64(totals[g.length])
		if g.count > 1 && share > leastShare && len(weights) < keptGrams {
			weights[gram] = byte(min(math.Round(weightScale*math.Log(share/leastShare)), math.MaxUint8))
		}
	}
	return weights
}

// typicalScore is the mean weight of an n-gram in lines that the weights were not learned from.
func typicalScore(lines []string) float32 {
	var learned, tested []string
	for i, line := range lines {
		if i%heldOut == 0 {
			tested = append(tested, line)
		} else {
			learned = append(learned, line)
		}
	}
	weights := learn(learned)
	sum, n := 0, 0
	for _, line := range tested {
		eachGram(line, func(_ int, gram uint32) {
			sum += int(weights[gram])
			n++
		})
	}
	return float32(sum) / float32(max(n, 1))
}
