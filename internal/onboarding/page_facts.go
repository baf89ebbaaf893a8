package onboarding

// PageFacts is what the start page tells search engines, and other websites that link to it, beside what CrawlContent
// shows. Empty texts and lists are not on the page.
type PageFacts struct {
	// Charset is the encoding that the page was decoded from, such as "utf-8".
	Charset string `json:"charset"`
	// Language is the one that the page declares, in lower case.
	Language  string `json:"language"`
	Canonical string `json:"canonical"`
	// OpenGraph names the properties og:* that have a value.
	OpenGraph List `json:"open_graph"`
	// TwitterCard is the value of twitter:card.
	TwitterCard string `json:"twitter_card"`
	// StructuredData are the types of the JSON-LD objects, each once, at most 20.
	StructuredData List `json:"structured_data"`
	// ImagesWithoutAlt counts the images whose alternative text is missing or empty.
	ImagesWithoutAlt int `json:"images_without_alt"`
	// InternalLinks counts the links to the same host.
	InternalLinks int `json:"internal_links"`
	// HasRobots reports whether the host serves a robots.txt, nil when it was not looked for.
	HasRobots *bool `json:"has_robots"`
	// HasSitemap is that of Site.
	HasSitemap *bool `json:"has_sitemap"`
}

// WizardAccounts are the social profiles of a website by the names that the wizard has for platforms: X is twitter.
func WizardAccounts(crawl CrawlResult) map[string]string {
	accounts := map[string]string{}
	for platform, address := range crawl.Content.SocialMedia {
		if platform == "x" {
			platform = "twitter"
		}
		accounts[platform] = address
	}
	return accounts
}
