package findings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Benchmark compares the user's sitemap with those of competitors.
type Benchmark struct {
	User        BenchmarkUser        `json:"user"`
	Competitors BenchmarkCompetitors `json:"competitors"`
	Timestamp   time.Time            `json:"timestamp" doc:"When the user's sitemap was read."`
	Comparison  Comparison           `json:"benchmark"`
}

// BenchmarkUser has the user's own figures.
type BenchmarkUser struct {
	Summary BenchmarkSummary `json:"summary"`
	Error   *string          `json:"error" doc:"Always null."`
}

// BenchmarkCompetitors have those of the competitors, by address.
type BenchmarkCompetitors struct {
	Summaries map[string]BenchmarkSummary `json:"summaries"`
	Errors    map[string]string           `json:"errors" doc:"Why a competitor has no figures, in a sentence."`
}

// BenchmarkSummary sums up a sitemap.
type BenchmarkSummary struct {
	TotalURLs    int             `json:"total_urls"`
	Velocity     *float64        `json:"publishing_velocity" doc:"Dated addresses a week; null without a range of dates."`
	AverageDepth float64         `json:"average_path_depth"`
	MaxDepth     int             `json:"max_path_depth"`
	Patterns     Ranking         `json:"top_url_patterns" doc:"The ten first parts of paths that most addresses begin with, the most frequent first."`
	FileTypes    map[string]int  `json:"file_types"`
	DateRange    *BenchmarkDates `json:"date_range"`
}

// BenchmarkDates is a range of dates.
type BenchmarkDates struct {
	Start string `json:"start" format:"date"`
	End   string `json:"end" format:"date"`
}

// Comparison is what follows from the figures.
type Comparison struct {
	Website       string        `json:"website_url"`
	Analyzed      int           `json:"competitors_analyzed"`
	Sections      int           `json:"user_sections_count"`
	Leaders       []Leader      `json:"competitor_section_leaders" doc:"The competitors, the one with most sections first."`
	Gaps          Gaps          `json:"gaps"`
	Opportunities []Opportunity `json:"opportunities"`
	Hints         []string      `json:"keyword_hints" doc:"Always empty."`
}

// Leader is a competitor with its figures.
type Leader struct {
	URL          string   `json:"competitor_url"`
	TotalURLs    int      `json:"total_urls"`
	Sections     int      `json:"sections_count"`
	Velocity     *float64 `json:"publishing_velocity"`
	AverageDepth float64  `json:"average_path_depth"`
	Dated        float64  `json:"lastmod_coverage" minimum:"0" maximum:"1" doc:"The share of addresses with a date."`
}

// Gaps are what competitors have and the user has not.
type Gaps struct {
	MissingSections []MissingSection `json:"missing_sections" doc:"At most 20, the most frequent first."`
}

// MissingSection is a first part of paths.
type MissingSection struct {
	Section   string  `json:"section" example:"/guides"`
	Presence  float64 `json:"competitor_presence" minimum:"0" maximum:"1" doc:"The share of competitors that have it."`
	Count     int     `json:"competitor_count"`
	Addresses int     `json:"competitor_url_count"`
}

// Opportunity is a figure in which most competitors are ahead.
type Opportunity struct {
	Type    string             `json:"type" enum:"content_volume,publishing_velocity"`
	Title   string             `json:"title"`
	Metrics map[string]float64 `json:"metrics"`
}

// Ranking is a JSON object of counts, the highest first.
type Ranking []Count

// Count is an entry of a Ranking.
type Count struct {
	Name  string
	Count int
}

// MarshalJSON writes the names in order.
func (r Ranking) MarshalJSON() ([]byte, error) {
	out := bytes.NewBufferString("{")
	for i, c := range r {
		name, err := json.Marshal(c.Name)
		if err != nil {
			return nil, fmt.Errorf("encode a name: %w", err)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(out, "%s:%d", name, c.Count)
	}
	return append(out.Bytes(), '}'), nil
}

// Schema describes the object.
func (Ranking) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeInteger}}
}
