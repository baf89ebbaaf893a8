package sitemap

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestReport(t *testing.T) {
	t.Parallel()
	list := Listing{URL: "https://example.com/sitemap.xml", Named: true, Pages: []Page{
		{Address: "https://example.com/"},
		{Address: "https://example.com/blog/one", Modified: lastmod("2026-03-01")},
		{Address: "https://example.com/blog/two", Modified: lastmod("2026-03-11T10:00:00+02:00")},
	}}
	assert.Equal(t, time.Date(2026, 3, 11, 8, 0, 0, 0, time.UTC), list.Pages[2].Modified)
	report := Report(list, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	assert.Equal(t, "robots_txt", report.Discovery)
	assert.Equal(t, map[string]int{"/": 1, "blog": 2}, report.Structure.URLPatterns)
	assert.InDelta(t, 1.33, report.Structure.AveragePathDepth, 0.001)
	assert.Equal(t, 10, report.Trends.DateRange.SpanDays)
	assert.InDelta(t, 0.2, *report.Trends.Velocity, 0)
	assert.Equal(t, map[string]int{"2026-03": 2}, report.Publishing.Monthly)
	assert.Equal(t, []string{"Give every address a lastmod date: 1 of 3 have none."}, report.Insights.Recommendations)

	old := Report(list, time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC))
	assert.Contains(t, old.Insights.Recommendations, "Update old pages or add new ones: the newest date is 2026-03-11.")
	assert.Zero(t, Report(Listing{}, time.Time{}).Structure.AveragePathDepth)
}

func TestReportCountsFileTypes(t *testing.T) {
	t.Parallel()
	var list Listing
	for _, address := range []string{
		"/", "/a", "/b.html", "/c.PDF", "/d.pdf?x=1", "/v2.0", "/title.of-a-post", "/e.%2e", "::bad",
	} {
		list.Pages = append(list.Pages, Page{Address: "https://example.com" + address})
	}
	assert.Equal(t, map[string]int{"html": 6, "pdf": 2}, Report(list, time.Time{}).Structure.FileTypes)
}
