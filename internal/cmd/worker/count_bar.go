package worker

import (
	"io"

	"github.com/schollz/progressbar/v3"
)

// countBar shows how many of a known number have been handled; nothing without a
// terminal.
type countBar struct{ bar *progressbar.ProgressBar }

func newCountBar(w io.Writer, total int64, doing string) countBar {
	if !isTerminal(w) || total == 0 {
		return countBar{}
	}
	return countBar{progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(doing),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionClearOnFinish(),
	)}
}

func (b countBar) add() {
	if b.bar != nil {
		_ = b.bar.Add(1)
	}
}

// clear makes room for a line of text; add draws the bar again.
func (b countBar) clear() {
	if b.bar != nil {
		_ = b.bar.Clear()
	}
}

func (b countBar) end() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}
