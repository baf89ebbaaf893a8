package style

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
	"github.com/alwrity/onboarding/internal/textstat"
)

// Whatever the text, the document is valid JSON without NaN, without null lists,
// and its shares are shares.
func TestAnalyzeAnyText(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	random := rand.New(rand.NewPCG(1, 2))
	kinds := []onboarding.BlockKind{
		onboarding.BlockParagraph, onboarding.BlockHeading, onboarding.BlockListItem,
		onboarding.BlockQuote, onboarding.BlockTable, onboarding.BlockCode, "new",
	}
	for i := range 300 {
		p := onboarding.Page{
			URL:  fmt.Sprintf("https://x.example/%d", i),
			Lang: styletest.Pick(random, "", "en", "de-DE", "??", "ja"),
		}
		for range 1 + random.IntN(6) {
			p.Blocks = append(p.Blocks,
				onboarding.Block{Kind: styletest.Pick(random, kinds...), Text: styletest.RandomText(random)})
		}
		analysis, err := a.Analyze(t.Context(), onboarding.Site{URL: "https://x.example", Pages: []onboarding.Page{p, p}})
		if err != nil {
			var failure *onboarding.Failure
			require.ErrorAs(t, err, &failure)
			continue
		}
		raw, err := json.Marshal(analysis)
		require.NoError(t, err)
		styletest.AssertNoNullLists(t, raw)
		assertShares(t, analysis.Measured)
	}
}

func assertShares(t *testing.T, m onboarding.Measurements) {
	t.Helper()
	for _, share := range []*float64{
		m.Vocabulary.MATTR50, m.Vocabulary.HapaxShare, m.Vocabulary.LongWordShare, m.Vocabulary.ContentWordShare,
		m.Person.FirstSingular, m.Person.Second,
		m.Person.FormalAddress, m.Syntax.PassiveShare, m.Syntax.ImperativeShare, m.Syntax.QuestionShare,
		m.Syntax.ExclamationShare,
	} {
		if share != nil {
			assert.GreaterOrEqual(t, *share, 0.0)
			assert.LessOrEqual(t, *share, 1.0)
		}
	}
	if m.SentenceWords != nil {
		n := 0
		for _, b := range m.SentenceWords.Histogram {
			n += b.Count
		}
		assert.Equal(t, m.Sentences, n)
	}
}

// hugeSite has ten pages of n words in all and a short one at the end.
func hugeSite(n int) onboarding.Site {
	random := rand.New(rand.NewPCG(3, 4))
	site := onboarding.Site{URL: "https://x.example"}
	for i := range 10 {
		p := onboarding.Page{URL: fmt.Sprintf("https://x.example/%d", i), Lang: "en"}
		for range n / 500 {
			p.Blocks = append(p.Blocks, onboarding.Block{Kind: onboarding.BlockParagraph, Text: prose(random, 50)})
		}
		site.Pages = append(site.Pages, p)
	}
	last := styletest.Page("https://x.example/last", "Last", "# The beginning", prose(random, 120)+" And so on …")
	last.Lang = "en"
	site.Pages = append(site.Pages, last)
	return site
}

// timed is the time of the fastest of some runs, which other processes disturb least.
func timed(t *testing.T, site onboarding.Site, runs int) (onboarding.Analysis, time.Duration) {
	t.Helper()
	fastest := time.Duration(math.MaxInt64)
	var analysis onboarding.Analysis
	for range runs {
		began := time.Now()
		analysis = analyze(t, site)
		fastest = min(fastest, time.Since(began))
	}
	return analysis, fastest
}

// A site beyond the cap is measured up to it, says so, and takes no more than three
// times as long for each word as a small one; quadratic work would take twenty
// times. Other tests run before or after, so that they don't disturb the clock.
func TestAnalyzeHugeSite(t *testing.T) { //nolint:paralleltest // it measures time
	const small, large = 10_000, textstat.MaxWords + 10_000
	_, short := timed(t, hugeSite(small), 3)
	got, long := timed(t, hugeSite(large), 1)
	ratio := (float64(long) / large) / (float64(short) / small)
	t.Logf("%d words %v, %d words %v: %.1f times as long a word", small, short, large, long, ratio)
	assert.Less(t, ratio, 3.0)

	assert.True(t, got.Measured.Truncated)
	assert.Equal(t, textstat.MaxWords, got.Measured.Words)
	assert.Contains(t, got.Style.Meta.Notes, "Only the first 200000 words were measured.")
	assert.Equal(t, large/10, got.Crawl.Pages[9].Words, "a page that is cut")
	assert.Equal(t, 2+120+3, got.Crawl.Pages[10].Words, "a page beyond the cap")
	said := strings.Join(got.Style.ContentStrategyInsights.Weaknesses, "\n")
	assert.NotContains(t, said, "fewer than 100 words")
	assert.NotContains(t, said, "breaks off")
	assert.Contains(t, strings.Join(got.Style.ContentStrategyInsights.Strengths, "\n"),
		"Every fully measured page has something to read (9 of 11, 21000 words on average).")
}

// prose makes n words of sentences from invented words, as frequent as words are.
func prose(random *rand.Rand, n int) string {
	syllables := []string{"ba", "ke", "mo", "ri", "tu", "sel", "dan", "fo", "win", "ter"}
	var b strings.Builder
	for i := range n {
		switch i % 3 {
		case 0:
			b.WriteString(styletest.Pick(random, "the", "you", "and", "of", "is", "we", "happy", "problem"))
		default:
			rank := int(random.ExpFloat64() * 60)
			b.WriteString(syllables[rank%10] + syllables[rank/10%10] + syllables[rank/100%10])
		}
		if i%12 == 11 {
			b.WriteString(". ")
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func BenchmarkAnalyze(b *testing.B) {
	a := newAnalyzer(b)
	site := styletest.PotterySite()
	for b.Loop() {
		_, err := a.Analyze(b.Context(), site)
		require.NoError(b, err)
	}
}
