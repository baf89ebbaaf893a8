package question

import (
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
)

// shared is one analyzer for all tests, which is safe for concurrent use.
var shared = sync.OnceValues(func() (*style.Analyzer, error) {
	return style.New(prometheus.NewRegistry(), style.Config{Brand: true})
})

func newAnalyzer(t testing.TB) *style.Analyzer {
	t.Helper()
	a, err := shared()
	require.NoError(t, err)
	return a
}

func analyze(t testing.TB, site onboarding.Site) onboarding.Analysis {
	t.Helper()
	analysis, err := newAnalyzer(t).Analyze(t.Context(), site)
	require.NoError(t, err)
	return analysis
}

func prompter(t testing.TB) *Prompter {
	t.Helper()
	return New(newAnalyzer(t))
}
