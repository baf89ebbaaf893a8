package webpage

import (
	"github.com/PuerkitoBio/goquery"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// readStructure counts what the page is built of.
func readStructure(page *onboarding.Page, doc *goquery.Document) {
	count := func(selector string) int { return doc.Find(selector).Length() }
	for level, name := range []string{"h1", "h2", "h3", "h4", "h5", "h6"} {
		page.Structure.Headings[level] = count(name)
	}
	s := &page.Structure
	s.Paragraphs, s.Lists, s.Tables = count("p"), count("ul, ol, dl"), count("table")
	s.Images, s.Links = count("img"), count("a[href]")
	s.Sections = count("section, article, main > div")
	s.Forms = count("form")
	s.Videos = count(`video, iframe[src*="youtube"], iframe[src*="vimeo"], iframe[src*="wistia"]`)
	s.HasNavigation = count(`nav, [role="navigation"], [class*="navbar"], [id*="navigation"]`) > 0
	s.HasFooter = count(`footer, [role="contentinfo"], [id*="footer"]`) > 0
	s.HasSidebar = count(`aside, [role="complementary"], [class*="sidebar"], [id*="sidebar"]`) > 0
}
