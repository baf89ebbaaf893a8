package worker

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// pageBar shows how many pages of a site have been read. It shows nothing when
// its writer is not a terminal.
type pageBar struct{ bar *progressbar.ProgressBar }

func newPageBar(w io.Writer) pageBar {
	if !isTerminal(w) {
		return pageBar{}
	}
	return pageBar{progressbar.NewOptions(1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription("reading pages"),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionClearOnFinish(),
	)}
}

// keep counts one page; it has the form that a crawl calls.
func (b pageBar) keep(_ context.Context, _ onboarding.Page, planned int) error {
	if b.bar == nil {
		return nil
	}
	b.bar.ChangeMax(max(planned, int(b.bar.State().CurrentNum)+1))
	return b.bar.Add(1)
}

// end clears the bar.
func (b pageBar) end() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}

// isTerminal tells whether w shows what is written to a person.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// terminalWidth returns the columns of the terminal behind w, 100 at most, and
// 100 where there is no terminal.
func terminalWidth(w io.Writer) int {
	const widest, narrowest = 100, 40
	file, ok := w.(*os.File)
	if !ok {
		return widest
	}
	columns, _, err := term.GetSize(int(file.Fd()))
	if err != nil || columns <= 0 { // some terminals don't know
		return widest
	}
	return min(max(columns, narrowest), widest)
}

// plural returns "1 page" or "3 pages".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%s %ss", thousands(n), noun)
}

// thousands returns n with a comma before every third digit from the right.
func thousands(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
