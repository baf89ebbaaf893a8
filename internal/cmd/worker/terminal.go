package worker

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/alwrity/onboarding/internal/cmd/worker/table"
)

// progress shows how much of some work is done. It shows nothing when its writer is not
// a terminal.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(w io.Writer, total int, doing string) progress {
	return progress{progressbar.NewOptions(total,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetVisibility(isTerminal(w)),
		progressbar.OptionSetDescription(doing),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionClearOnFinish(),
	)}
}

// add counts one piece of the total, which may have grown.
func (p progress) add(total int) {
	p.bar.ChangeMax(max(total, int(p.bar.State().CurrentNum)+1))
	_ = p.bar.Add(1)
}

// clear hides the bar for a line of text; add draws it again.
func (p progress) clear() { _ = p.bar.Clear() }

func (p progress) end() { _ = p.bar.Finish() }

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// terminalWidth returns the columns of the terminal behind w, between 40 and 100, and
// 100 where there is no terminal.
func terminalWidth(w io.Writer) int {
	const widest, narrowest = 100, 40
	file, ok := w.(*os.File)
	if !ok {
		return widest
	}
	columns, _, err := term.GetSize(int(file.Fd()))
	if err != nil || columns <= 0 { // some terminals report no size
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

// writeDocument prints the document on stdout, as JSON or by write, and returns where the
// last line goes: to stderr where stdout must be JSON.
func writeDocument(
	c *cobra.Command, asJSON bool, document any, write func(stdout io.Writer) error,
) (last io.Writer, err error) {
	if asJSON {
		return c.ErrOrStderr(), table.WriteJSON(c.OutOrStdout(), document)
	}
	return c.OutOrStdout(), write(c.OutOrStdout())
}

const (
	// patience is how long work may take before a terminal shows that it goes on.
	patience = 2 * time.Second
	spinning = 200 * time.Millisecond
)

// showWaiting runs work whose length is not known. A terminal shows what is being done, and for how long, once it has
// taken a while. The work must not print meanwhile.
func showWaiting(stderr io.Writer, doing string, work func() error) error {
	if !isTerminal(stderr) {
		return work()
	}
	ended, shown := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(shown)
		spin(stderr, doing, ended)
	}()
	err := work()
	close(ended)
	<-shown
	return err
}

// spin shows that something goes on until it has ended.
func spin(stderr io.Writer, doing string, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-time.After(patience):
	}
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(stderr), progressbar.OptionSetDescription(doing),
		progressbar.OptionSpinnerType(14), progressbar.OptionSetElapsedTime(true), progressbar.OptionClearOnFinish())
	ticks := time.NewTicker(spinning)
	defer ticks.Stop()
	for {
		select {
		case <-ended:
			_ = bar.Finish()
			return
		case <-ticks.C:
			_ = bar.Add(1)
		}
	}
}
