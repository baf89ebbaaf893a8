package style

import (
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
)

// shared is one analyzer for all tests: it is safe for concurrent use and keeps
// nothing between calls, which this way is tested too.
var shared = sync.OnceValues(func() (*Analyzer, error) { return New(prometheus.NewRegistry(), Config{Brand: true}) })

func newAnalyzer(t testing.TB) *Analyzer {
	t.Helper()
	a, err := shared()
	require.NoError(t, err)
	return a
}

// blocksOf are the paragraphs of a text.
func blocksOf(text string) []onboarding.Block {
	return webpage.FromText(onboarding.WebsiteInput{TextSample: text}, time.Time{}).Pages[0].Blocks
}

func keywordTexts(m onboarding.Measurements) []string {
	var out []string
	for _, k := range m.Keywords {
		out = append(out, k.Text)
	}
	return out
}
