package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
)

// cell is the verdict on one field of one site.
type cell string

const (
	right cell = "right"
	wrong cell = "WRONG"
	// null is an empty value where a reader sees one.
	null cell = "null"
)

// siteTally counts the verdicts.
type siteTally map[cell]int

func (t siteTally) cells() int { return t[right] + t[wrong] + t[null] }

// percent is the share of right cells, 0 without cells.
func (t siteTally) percent() float64 { return 100 * float64(t[right]) / float64(max(t.cells(), 1)) }

// runSites compares the analyses of websites with what an editor read off them. A site
// that is missing or can't be analysed counts as null in every field.
func runSites(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("sites", flag.ContinueOnError)
	dir := flags.String("sites", "", "folder of websites, each in a folder owner+name")
	truth := flags.String("truth", "", "file with what is right for each website")
	only := flags.String("only", "", "run only sites whose name or repository holds this")
	show := flags.Bool("values", false, "print the values that are wrong or empty")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" || *truth == "" {
		return errors.New("name the folder and the file: eval sites -sites DIR -truth FILE")
	}
	truths, err := readSiteTruths(*truth)
	if err != nil {
		return err
	}
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{Brand: true})
	if err != nil {
		return err
	}
	table := siteTable{byLanguage: map[string]siteTally{}, byField: map[string]siteTally{}}
	table.head(stdout)
	for _, t := range truths {
		if !strings.Contains(t.Site+" "+t.Repo, *only) {
			continue
		}
		seen, err := readSite(ctx, analyzer, *dir, t.Repo)
		if err != nil {
			fmt.Fprintf(stdout, "%s: %v\n", t.Site, err)
		}
		table.row(stdout, t, seen, *show)
	}
	table.foot(stdout)
	return ctx.Err()
}

func readSiteTruths(name string) ([]siteTruth, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read what is right: %w", err)
	}
	var truths []siteTruth
	if err := json.Unmarshal(raw, &truths); err != nil {
		return nil, fmt.Errorf("read what is right in %s: %w", name, err)
	}
	return truths, nil
}

// readSite analyses the website of a repository and returns the judged values.
func readSite(ctx context.Context, analyzer *style.Analyzer, dir, repo string) (siteValues, error) {
	_, site, err := crawlSite(ctx, filepath.Join(dir, strings.Replace(repo, "/", "+", 1)))
	if err != nil {
		return siteValues{}, err
	}
	analysis, err := analyzer.Analyze(ctx, site)
	if err != nil {
		return siteValues{}, err
	}
	return valuesOf(analysis), nil
}

// siteValues are the values of an analysis that are compared: texts by field, and the
// ones that are more than texts.
type siteValues struct {
	texts  map[string][]string
	pages  map[string]string
	social map[string]string
}

// valuesOf picks the values. Labels come without their evidence; of the calls to action
// the evidence quotes some, too.
func valuesOf(a onboarding.Analysis) siteValues {
	s, brand := a.Style, a.Crawl.Content.BrandInfo
	given := func(texts ...string) []string {
		return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
	}
	v := siteValues{texts: map[string][]string{
		"language": given(a.Measured.Language.Code), "audience": s.TargetAudience.Demographics,
		"industry": given(s.TargetAudience.IndustryFocus.Label()), "place": given(s.TargetAudience.GeographicFocus.Label()),
		"tone": given(s.WritingStyle.Tone.Label()), "formality": given(s.WritingStyle.FormalityLevel.Label()),
		"sentiment": given(s.WritingStyle.EmotionalAppeal.Label()), "type": given(s.ContentType.PrimaryType.Label()),
		"purpose": given(s.ContentType.Purpose.Label()),
		"cta":     quotations.FindAllString(s.ContentType.CallToAction.Text(), -1),
		"email":   brand.ContactInfo.Email, "phone": brand.ContactInfo.Phone,
	}, pages: map[string]string{}, social: a.Crawl.Content.SocialMedia}
	if brand.CompanyName != nil {
		v.texts["brand"] = given(*brand.CompanyName)
	}
	if brand.Tagline != nil {
		v.texts["tagline"] = given(*brand.Tagline)
	}
	for _, k := range a.Measured.Keywords[:min(10, len(a.Measured.Keywords))] {
		v.texts["keywords"] = append(v.texts["keywords"], k.Text)
	}
	for _, t := range a.Measured.Topics[:min(5, len(a.Measured.Topics))] {
		v.texts["keywords"] = append(v.texts["keywords"], t.Name)
	}
	for _, p := range a.Crawl.Pages {
		if u, err := url.Parse(p.URL); err == nil {
			v.pages["/"+strings.TrimSuffix(strings.TrimPrefix(u.Path, "/"), "index.html")] = p.Type
		}
	}
	return v
}

// siteTable prints the verdicts, and counts them by language and field.
type siteTable struct {
	sites               int
	byLanguage, byField map[string]siteTally
}

func (t *siteTable) head(w io.Writer) {
	fmt.Fprintf(w, "%-12s", "site")
	for _, field := range siteFields {
		fmt.Fprintf(w, " %-9s", field)
	}
	fmt.Fprintln(w)
}

func (t *siteTable) row(w io.Writer, truth siteTruth, seen siteValues, show bool) {
	t.sites++
	language := truth.Language[0]
	fmt.Fprintf(w, "%-12.12s", truth.Site)
	var notes []string
	for _, field := range siteFields {
		verdict := truth.judge(field, seen)
		fmt.Fprintf(w, " %-9s", verdict)
		count(t.byLanguage, language, verdict)
		count(t.byField, field, verdict)
		if show && verdict != right {
			notes = append(notes, fmt.Sprintf("    %s %s: %s", verdict, field, seen.text(field)))
		}
	}
	fmt.Fprintln(w)
	for _, note := range notes {
		fmt.Fprintln(w, note)
	}
}

func count(tallies map[string]siteTally, key string, verdict cell) {
	if tallies[key] == nil {
		tallies[key] = siteTally{}
	}
	tallies[key][verdict]++
}

// foot prints the fields, the languages and the sums.
func (t *siteTable) foot(w io.Writer) {
	for _, field := range siteFields {
		c := t.byField[field]
		fmt.Fprintf(w, "field %s: right=%d wrong=%d null=%d\n", field, c[right], c[wrong], c[null])
	}
	english, other, all := siteTally{}, siteTally{}, siteTally{}
	for _, language := range slices.Sorted(maps.Keys(t.byLanguage)) {
		c := t.byLanguage[language]
		fmt.Fprintf(w, "language %s: cells=%d right=%d wrong=%d null=%d (%.0f%%)\n",
			language, c.cells(), c[right], c[wrong], c[null], c.percent())
		for verdict, n := range c {
			all[verdict] += n
			if language == "en" {
				english[verdict] += n
			} else {
				other[verdict] += n
			}
		}
	}
	fmt.Fprintf(w, "sites: n=%d cells=%d right=%d wrong=%d null=%d english=%.0f%% other=%.0f%%\n",
		t.sites, all.cells(), all[right], all[wrong], all[null], english.percent(), other.percent())
}
