// Package training trains the models of package maintext on pages whose main text is known, and measures them on pages
// that they were not trained on.
package training

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/maintext"
	"github.com/alwrity/onboarding/internal/webpage"
)

// Folds is the number of parts into which the pages are split by host: the pages of a part are judged by a model that
// has seen none of their hosts.
const Folds = 5

// Attribution names the pages that the committed model was trained on.
const Attribution = "Trained on 420 pages of the Web Content eXtraction Benchmark (Murrough Foley, CC-BY-4.0) and 60 " +
	"pages of the article extraction benchmark (Scrapinghub, MIT)."

// maxPage is the largest page that is read, in bytes after decompression.
const maxPage = 32 << 20

// Page is a page whose main text is known.
type Page struct {
	ID   string
	Type maintext.Type
	// HTML is the page as it was fetched.
	HTML    []byte
	Address *url.URL

	described *maintext.Page
	sheet     *maintext.Sheet
	pageRow   []float32
	pageTerms []uint32
	rows      [][]float32
	terms     [][]uint32
	// words are those of each block, wanted those of the main text and how often, total their number.
	words  [][]string
	wanted map[string]int
	total  int
	// labels are the shares of each block that are main text, 0 to 1.
	labels []float64
	fold   int
	// types and blocks are the probabilities that a model gives.
	types  []float64
	choice maintext.Choice
}

// truth is an entry of ground-truth.json; articleBody is that of a set of articles.
type truth struct {
	URL         string  `json:"url"`
	Type        string  `json:"page_type"`
	MainContent string  `json:"main_content"`
	ArticleBody *string `json:"articleBody"`
}

// Load reads ground-truth.json and the pages of a folder, ID.html.gz in it or in its folder html, in the order of
// their ids. progress is called after each page.
func Load(ctx context.Context, folder fs.FS, progress func(done, of int)) ([]*Page, error) {
	file, err := fs.ReadFile(folder, "ground-truth.json")
	if err != nil {
		return nil, fmt.Errorf("read the texts of the pages: %w", err)
	}
	truths := map[string]truth{}
	if err := json.Unmarshal(file, &truths); err != nil {
		return nil, fmt.Errorf("read ground-truth.json: %w", err)
	}
	var pages []*Page
	for i, id := range slices.Sorted(maps.Keys(truths)) {
		p, err := loadPage(ctx, folder, id, truths[id])
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", id, err)
		}
		pages = append(pages, p)
		progress(i+1, len(truths))
	}
	return pages, nil
}

func loadPage(ctx context.Context, folder fs.FS, id string, t truth) (*Page, error) {
	if t.ArticleBody != nil {
		t.Type, t.MainContent = string(maintext.Article), *t.ArticleBody
	}
	if !slices.Contains(maintext.Types, maintext.Type(t.Type)) {
		return nil, fmt.Errorf("unknown type %q", t.Type)
	}
	address, err := url.Parse(t.URL)
	if err != nil {
		return nil, fmt.Errorf("its address: %w", err)
	}
	body, err := readGzip(folder, "html/"+id+".html.gz")
	if err != nil {
		body, err = readGzip(folder, id+".html.gz")
	}
	if err != nil {
		return nil, err
	}
	described, err := webpage.Describe(ctx, body, "text/html", address)
	if err != nil {
		return nil, err
	}
	p := &Page{
		ID: id, Type: maintext.Type(t.Type), HTML: body, Address: address, described: described,
		sheet: maintext.Measure(described), wanted: map[string]int{},
	}
	p.pageRow, p.pageTerms, p.terms = p.sheet.PageRow(), p.sheet.PageTerms(), p.sheet.BlockTerms()
	for i := range described.Blocks {
		p.words = append(p.words, wordsOf(described.Blocks[i].Text))
	}
	wanted := wordsOf(t.MainContent)
	for _, word := range wanted {
		p.wanted[word]++
	}
	p.total = len(wanted)
	p.label(wanted)
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(address.Hostname()))
	p.fold = int(sum.Sum32() % Folds)
	return p, nil
}

func readGzip(folder fs.FS, name string) ([]byte, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open the page: %w", err)
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(unzipped, maxPage))
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	return body, nil
}

var word = regexp.MustCompile(`[\p{L}\p{N}_]+`)

func wordsOf(s string) []string { return word.FindAllString(strings.ToLower(s), -1) }

// label finds how much of each block stands in the main text: the share of its runs of three words, each of which the
// main text can give as often as it holds it. A shorter block counts where it continues a block that is main text.
func (p *Page) label(wanted []string) {
	p.labels = make([]float64, len(p.words))
	runs, pairs := map[string]int{}, map[string]bool{}
	for i := range wanted {
		if i+2 < len(wanted) {
			runs[strings.Join(wanted[i:i+3], " ")]++
		}
		if i+1 < len(wanted) {
			pairs[wanted[i]+" "+wanted[i+1]] = true
		}
	}
	for i, words := range p.words {
		known := 0
		for k := 0; k+2 < len(words); k++ {
			if run := strings.Join(words[k:k+3], " "); runs[run] > 0 {
				runs[run]--
				known++
			}
		}
		if len(words) >= 3 {
			p.labels[i] = float64(known) / float64(len(words)-2)
		}
	}
	for i, words := range p.words {
		if len(words) > 0 && len(words) < 3 && p.continues(i, pairs) {
			p.labels[i] = 1
		}
	}
}

// continues reports whether the one or two words of block i follow or precede those of a block that is main text.
func (p *Page) continues(i int, pairs map[string]bool) bool {
	const reach = 7
	words, near := p.words[i], false
	for j := i - 1; j >= max(0, i-reach); j-- {
		if before := p.words[j]; len(before) > 0 && p.labels[j] > 0.5 {
			near = pairs[before[len(before)-1]+" "+words[0]]
			break
		}
	}
	for j := i + 1; j <= min(len(p.words)-1, i+reach); j++ {
		if behind := p.words[j]; len(behind) > 2 && p.labels[j] > 0.5 {
			near = near || pairs[words[len(words)-1]+" "+behind[0]]
			break
		}
	}
	return near && (len(words) == 1 || pairs[words[0]+" "+words[1]])
}

// F1 returns how well the words of the kept blocks agree with those of the main text, as multisets.
func (p *Page) F1(keep []bool) float64 {
	kept, total, shared := map[string]int{}, 0, 0
	for i, words := range p.words {
		if keep[i] {
			total += len(words)
			for _, word := range words {
				kept[word]++
			}
		}
	}
	for word, count := range kept {
		shared += min(count, p.wanted[word])
	}
	switch {
	case total == 0 && p.total == 0:
		return 1
	case shared == 0:
		return 0
	}
	return 2 * float64(shared) / float64(total+p.total)
}
