package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/langdetect"
)

const (
	folds = 5
	// shortText and longText are the lengths of the texts that are tried, in characters.
	shortText = 60
	longText  = 300
)

// counts are the outcomes of detections.
type counts struct{ texts, right, reliable, wrong int }

// measure prints how often texts that a model was not trained with are detected right, how often reliably, and how
// often reliably but wrong.
func measure(w io.Writer, texts []langdetect.Text) error {
	for _, length := range []int{shortText, longText} {
		var c counts
		for fold := range folds {
			model := langdetect.Read(langdetect.Train(part(texts, func(line int) bool { return line%folds != fold })))
			for _, t := range part(texts, func(line int) bool { return line%folds == fold }) {
				c.try(model, t, length)
			}
		}
		_, err := fmt.Fprintf(w, "out of fold: characters=%d n=%d right=%.4f reliable=%.4f reliable_but_wrong=%.5f\n", length,
			c.texts, share(c.right, c.texts), share(c.reliable, c.texts), share(c.wrong, c.reliable))
		if err != nil {
			return err
		}
	}
	return nil
}

func share(a, b int) float64 { return float64(a) / float64(b) }

// part keeps some lines of each text.
func part(texts []langdetect.Text, keep func(line int) bool) []langdetect.Text {
	out := make([]langdetect.Text, len(texts))
	for i, t := range texts {
		out[i].Code = t.Code
		for n, line := range t.Lines {
			if keep(n) {
				out[i].Lines = append(out[i].Lines, line)
			}
		}
	}
	return out
}

// try detects the language of pieces of at least that many characters.
func (c *counts) try(model *langdetect.Model, t langdetect.Text, length int) {
	var piece strings.Builder
	for _, line := range t.Lines {
		piece.WriteString(line + " ")
		if utf8.RuneCountInString(piece.String()) < length {
			continue
		}
		found := model.Detect(piece.String(), "")
		piece.Reset()
		c.texts++
		switch {
		case found.Code == t.Code:
			c.right++
		case found.Reliable:
			c.wrong++
		}
		if found.Reliable {
			c.reliable++
		}
	}
}
