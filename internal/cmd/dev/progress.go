package main

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/alwrity/onboarding/internal/walk"
)

// messageWidth is the space for the message beside the bar: together they fit into
// 80 columns.
const messageWidth = 40

// progress shows how far the work is: a bar on a terminal, else one line
// whenever the message changes.
type progress struct {
	out  io.Writer
	bar  *progressbar.ProgressBar
	last string
}

func newProgress(w io.Writer) *progress {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return &progress{out: w}
	}
	return &progress{out: w, bar: progressbar.NewOptions(100,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(30),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionClearOnFinish(),
	)}
}

// show shows the state of a step that is in progress.
func (p *progress) show(step walk.Step) {
	if p.bar != nil {
		p.bar.Describe(fmt.Sprintf("%-*.*s", messageWidth, messageWidth, step.Message))
		_ = p.bar.Set(min(int(step.Progress), 99))
		return
	}
	if step.Message != p.last {
		say(p.out, "%3.0f %% %s", step.Progress, step.Message)
		p.last = step.Message
	}
}

// end shows that the work is done.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
	_, _ = fmt.Fprintln(p.out, "demo: 100 % done")
}
