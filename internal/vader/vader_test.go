package vader_test

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/vader"
)

func ExampleScorer_Compound() {
	s := vader.New()
	fmt.Printf("%.4f\n", s.Compound("The book was good."))
	fmt.Printf("%.4f\n", s.Compound("At least it isn't a horrible book."))
	// Output:
	// 0.4404
	// 0.4310
}

// The first sentences and their scores are those of the reference implementation's README; the others go through more
// rules, with the scores of an independent implementation.
func TestCompound(t *testing.T) {
	t.Parallel()
	s := vader.New()
	for sentence, want := range map[string]float64{
		"VADER is smart, handsome, and funny.":        0.8316,
		"VADER is smart, handsome, and funny!":        0.8439,
		"VADER is very smart, handsome, and funny.":   0.8545,
		"VADER is VERY SMART, handsome, and FUNNY.":   0.9227,
		"VADER is VERY SMART, handsome, and FUNNY!!!": 0.9342,
		"VADER is not smart, handsome, nor funny.":    -0.7424,
		"The book was good.":                          0.4404,
		"The book was kind of good.":                  0.3832,
		"At least it isn't a horrible book.":          0.4310,
		"Make sure you :) or :D today!":               0.8633,
		"Catch utf-8 emoji such as 💘 and 💋 and 😁":     0.7003,
		"Not bad at all":                              0.4310,
		"":                                            0,
		"The plot was good, but the characters are uncompelling and the dialog is not great.": -0.7042,
		"Today SUX!": -0.5461,
		"Today only kinda sux! But I'll get by, lol": 0.5249,
	} {
		assert.InDelta(t, want, s.Compound(sentence), 0.00006, "%q", sentence)
	}
}

func TestValence(t *testing.T) {
	t.Parallel()
	s := vader.New()
	assert.InDelta(t, 1.9, s.Valence("good"), 0)
	assert.InDelta(t, -2.5, s.Valence("bad"), 0)
	assert.Zero(t, s.Valence("table"))
}

func TestWordListsAreWellFormed(t *testing.T) {
	t.Parallel()
	for file, isLine := range map[string]func(word, meaning string) bool{
		"lexicon.txt": func(word, meaning string) bool {
			v, err := strconv.ParseFloat(meaning, 64)
			return word != "" && err == nil && math.Abs(v) <= 4
		},
		"emoji.txt": func(word, meaning string) bool { return utf8.RuneCountInString(word) == 1 && meaning != "" },
	} {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(content)) {
			word, meaning, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			assert.True(t, isLine(word, meaning), "%s: %q", file, line)
		}
	}
}

// Whatever the text, the score is a number from -1 to 1.
func FuzzCompound(f *testing.F) {
	f.Add("NEVER so bad, but without doubt the least of it!!! 😀 ???")
	s := vader.New()
	f.Fuzz(func(t *testing.T, text string) {
		score := s.Compound(text)
		assert.False(t, math.IsNaN(score) || math.Abs(score) > 1, "%v", score)
	})
}
