package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	readability "codeberg.org/readeck/go-readability/v2"

	"github.com/alwrity/onboarding/internal/webpage"
)

// maxPage is the largest page that is read, in bytes after decompression.
const maxPage = 32 << 20

// truth is the text of a page as an annotator marked it.
type truth struct {
	ArticleBody string `json:"articleBody"`
	URL         string `json:"url"`
}

// score is precision and recall, each 0 to 1.
type score struct{ precision, recall float64 }

// f1 is the harmonic mean of precision and recall.
func (s score) f1() float64 {
	if s.precision+s.recall == 0 {
		return 0
	}
	return 2 * s.precision * s.recall / (s.precision + s.recall)
}

// runExtraction measures the main text of the pages in a folder of *.html.gz
// against ground-truth.json, beside the extraction library alone.
func runExtraction(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("extraction", flag.ContinueOnError)
	dir := flags.String("articles", "", "folder with *.html.gz and ground-truth.json")
	perPage := flags.Bool("pages", false, "print the score of every page")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("name the folder of pages: eval extraction -articles DIR")
	}
	folder, err := openFolder(*dir)
	if err != nil {
		return err
	}
	truths, err := readTruths(folder)
	if err != nil {
		return fmt.Errorf("read the pages of %s: %w", *dir, err)
	}
	var ours, library []score
	for i, id := range slices.Sorted(maps.Keys(truths)) {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("measure extraction: %w", err)
		}
		mine, theirs, err := measurePage(ctx, folder, id, truths[id])
		if err != nil {
			return err
		}
		ours, library = append(ours, mine), append(library, theirs)
		fmt.Fprintf(os.Stderr, "\rextraction: %d of %d pages", i+1, len(truths))
		if *perPage {
			_, _ = fmt.Fprintf(stdout, "%s f1=%.3f precision=%.3f recall=%.3f library_f1=%.3f\n", id, mine.f1(), mine.precision,
				mine.recall, theirs.f1())
		}
	}
	fmt.Fprintln(os.Stderr)
	mean, base := average(ours), average(library)
	_, err = fmt.Fprintf(stdout, "extraction: pages=%d precision=%.3f recall=%.3f f1=%.3f library_f1=%.3f\n",
		len(ours), mean.precision, mean.recall, mean.f1(), base.f1())
	return err
}

// readTruths reads ground-truth.json of the folder.
func readTruths(folder fs.FS) (map[string]truth, error) {
	raw, err := fs.ReadFile(folder, "ground-truth.json")
	if err != nil {
		return nil, fmt.Errorf("the folder must hold ground-truth.json: %w", err)
	}
	var truths map[string]truth
	if err := json.Unmarshal(raw, &truths); err != nil {
		return nil, fmt.Errorf("read ground-truth.json: %w", err)
	}
	return truths, nil
}

// measurePage scores our text and the library's text of one page.
func measurePage(ctx context.Context, folder fs.FS, id string, want truth) (ours, library score, err error) {
	body, err := readPage(folder, id+".html.gz")
	if err != nil {
		return score{}, score{}, fmt.Errorf("read page %s: %w", id, err)
	}
	address, err := url.Parse(want.URL)
	if err != nil {
		return score{}, score{}, fmt.Errorf("read address of page %s: %w", id, err)
	}
	text := ""
	if page, err := webpage.Digest(ctx, body, "text/html", address); err == nil {
		text = page.Text()
	}
	return compare(want.ArticleBody, text), compare(want.ArticleBody, libraryText(body, address)), nil
}

func readPage(folder fs.FS, name string) ([]byte, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(unzipped, maxPage))
}

// libraryText returns the text that the extraction library finds alone.
func libraryText(body []byte, address *url.URL) string {
	article, err := readability.FromReader(bytes.NewReader(body), address)
	if err != nil || article.Node == nil {
		return ""
	}
	var text strings.Builder
	if err := article.RenderText(&text); err != nil {
		return ""
	}
	return text.String()
}

// token is a word as the published benchmark splits text.
var token = regexp.MustCompile(`[\p{L}\p{N}_]+`)

// shingles counts the runs of four words of text; a shorter text is one run.
func shingles(text string) map[string]int {
	const size = 4
	words := token.FindAllString(text, -1)
	counts := map[string]int{}
	if len(words) > 0 && len(words) < size {
		counts[strings.Join(words, " ")]++
	}
	for i := 0; i+size <= len(words); i++ {
		counts[strings.Join(words[i:i+size], " ")]++
	}
	return counts
}

// compare scores a found text against the true one: precision and recall over the
// multisets of their shingles. Two empty texts agree; where only one is empty, both
// values are 0.
func compare(want, got string) score {
	wanted, found := shingles(want), shingles(got)
	shared, wantedSum, foundSum := 0, 0, 0
	for run, count := range wanted {
		wantedSum += count
		shared += min(count, found[run])
	}
	for _, count := range found {
		foundSum += count
	}
	switch {
	case wantedSum == 0 && foundSum == 0:
		return score{1, 1}
	case wantedSum == 0 || foundSum == 0:
		return score{}
	}
	return score{precision: float64(shared) / float64(foundSum), recall: float64(shared) / float64(wantedSum)}
}

// average is the mean of the values over all pages.
func average(scores []score) score {
	var sum score
	for _, s := range scores {
		sum.precision += s.precision
		sum.recall += s.recall
	}
	if n := float64(len(scores)); n > 0 {
		sum.precision, sum.recall = sum.precision/n, sum.recall/n
	}
	return sum
}
