package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// run runs the tests and adds up their figures. It tells of each package, and what failing tests wrote.
func (s suite) run(ctx context.Context, found figures, stdout, stderr io.Writer) error {
	args := append([]string{"test", "-json", "-vet=off", "-count=1", "-run", s.pattern()}, s.packages()...)
	command := exec.CommandContext(ctx, "go", args...) //nolint:gosec // its own arguments
	command.Stderr, command.WaitDelay = stderr, 10*time.Second
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start go test: %w", err)
	}
	if err := report(output, found, stdout); err != nil {
		return err
	}
	if err := command.Wait(); err != nil {
		return fmt.Errorf("the tests failed: %w", err)
	}
	return nil
}

// report reads the output of go test -json.
func report(output io.Reader, found figures, stdout io.Writer) error {
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 16<<20)
	written := map[string]string{} // by package and test
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil { // what go build says
			_, _ = fmt.Fprintln(stdout, lines.Text())
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			found.add(e.Output)
			written[key] += e.Output
		case "pass", "skip":
			if e.Test == "" {
				_, _ = fmt.Fprintf(stdout, "%s %s (%.1f s)\n", e.Action, e.Package, e.Elapsed)
			}
			delete(written, key)
		case "fail":
			_, _ = fmt.Fprint(stdout, written[key])
		}
	}
	return lines.Err()
}
