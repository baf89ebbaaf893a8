package onboarding

// ProviderExa is the search provider that finds similar websites.
const ProviderExa Provider = "exa"

// CompetitorSearch is the input of a competitor discovery.
type CompetitorSearch struct {
	// Website is the address in the form of NormalizeURL.
	Website string `json:"website"`
	// Count is how many websites are wanted, 1 to 100.
	Count int `json:"count"`
}

// FoundCompetitor is a website that a search provider calls similar. What the
// provider does not give is null.
type FoundCompetitor struct {
	URL            string   `json:"url"`
	Domain         string   `json:"domain" example:"example.com"`
	Title          string   `json:"title" doc:"The domain when the page has none."`
	Summary        string   `json:"summary" doc:"Empty when the provider gave none."`
	RelevanceScore *float64 `json:"relevance_score" doc:"The provider's score of the similarity, 0 to 1."`
	Highlights     []string `json:"highlights" doc:"Sentences of the page."`
	Favicon        *string  `json:"favicon"`
	Image          *string  `json:"image"`
	PublishedDate  *string  `json:"published_date"`
	Author         *string  `json:"author"`
}
