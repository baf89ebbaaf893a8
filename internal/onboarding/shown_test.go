package onboarding_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestHostsInWhatIsShown(t *testing.T) {
	t.Parallel()
	const ascii, shown = "https://www.xn--bcher-kva.example/a", "https://www.bücher.example/a"
	analysis := onboarding.Analysis{Crawl: onboarding.CrawlResult{
		URL: ascii, Pages: []onboarding.CrawledPage{{URL: ascii}},
		Content: onboarding.CrawlContent{
			Links:      []onboarding.Link{{Href: ascii}},
			DomainInfo: onboarding.DomainInfo{Domain: "www.xn--bcher-kva.example", DomainName: "xn--bcher-kva.example"},
		},
	}}
	crawl := onboarding.Show(analysis).Crawl
	assert.Equal(t, []string{shown, shown, shown}, []string{crawl.URL, crawl.Pages[0].URL, crawl.Content.Links[0].Href})
	assert.Equal(t, onboarding.DomainInfo{Domain: "www.bücher.example", DomainName: "bücher.example"}, crawl.Content.DomainInfo)
	assert.Equal(t, ascii, analysis.Crawl.Pages[0].URL, "what is stored stays as it is")

	failure := onboarding.Failure{Code: onboarding.FailureHostNotFound, Subject: "xn--bcher-kva.example"}
	assert.Equal(t, "There is no website at bücher.example. Check the spelling of the address.", failure.Sentence())
}
