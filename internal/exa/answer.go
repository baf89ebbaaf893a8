package exa

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
	"github.com/alwrity/onboarding/internal/wording"
)

// answer is the body of an answer of POST /findSimilar, as far as it is read.
type answer struct {
	Results []struct {
		Title         string   `json:"title"`
		URL           string   `json:"url"`
		PublishedDate string   `json:"publishedDate"`
		Author        string   `json:"author"`
		Score         *float64 `json:"score"`
		Image         string   `json:"image"`
		Favicon       string   `json:"favicon"`
		Summary       string   `json:"summary"`
		Highlights    []string `json:"highlights"`
	} `json:"results"`
}

// The bounds of what is kept of a result, in characters.
const (
	maxText       = 2000
	maxHighlights = 5
)

// competitors are the results on other hosts than own, one for each host.
func (a answer) competitors(own string, most int) []onboarding.FoundCompetitor {
	found, seen := []onboarding.FoundCompetitor{}, map[string]bool{own: true}
	for _, r := range a.Results {
		address, err := url.Parse(r.URL)
		if err != nil || address.Scheme != "http" && address.Scheme != "https" || len(found) == most {
			continue
		}
		host := bareHost(address)
		if host == "" || seen[host] {
			continue
		}
		seen[host] = true
		name := hostname.Shown(host)
		c := onboarding.FoundCompetitor{
			URL: cut(address.String()), Domain: name, Title: cmp.Or(cut(r.Title), name),
			Summary: cut(r.Summary), Highlights: []string{},
			RelevanceScore: r.Score, Favicon: webAddress(r.Favicon), Image: webAddress(r.Image),
			PublishedDate: cutOrNil(r.PublishedDate), Author: cutOrNil(r.Author),
		}
		for _, highlight := range r.Highlights[:min(len(r.Highlights), maxHighlights)] {
			c.Highlights = append(c.Highlights, cut(highlight))
		}
		found = append(found, c)
	}
	return found
}

// bareHost is the host of an address in lower case without "www.".
func bareHost(u *url.URL) string {
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// webAddress keeps addresses that a page may show an image from, nil otherwise.
func webAddress(text string) *string {
	if !strings.HasPrefix(text, "https://") || len(text) > maxText {
		return nil
	}
	return new(cut(text))
}

func cutOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return new(cut(text))
}

// cut bounds a text, without what can't be seen, and NUL, which can't be stored.
func cut(text string) string { return wording.Cut(wording.Visible(text), maxText) }
