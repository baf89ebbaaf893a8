// Package suite runs the tests that use a database through something that stands before it, and counts them.
package suite

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/cmd/child"
)

// database is the package that every test with a database imports.
const database = "github.com/alwrity/onboarding/internal/postgres/pgtest"

// Packages returns the packages whose tests use a database.
func Packages(ctx context.Context) ([]string, error) {
	const format = "{{.ImportPath}} {{.TestImports}} {{.XTestImports}} {{.Imports}}"
	output, err := exec.CommandContext(ctx, "go", "list", "-f", format, "./...").Output()
	if err != nil {
		return nil, fmt.Errorf("list the packages; run it in the root of the repository: %w", err)
	}
	var packages []string
	for line := range strings.Lines(string(output)) {
		name, imports, _ := strings.Cut(line, " ")
		// Test helpers stand for the database as well.
		if strings.Contains(imports, database) || strings.Contains(imports, "internal/httpapi/apitest") {
			packages = append(packages, name)
		}
	}
	if len(packages) == 0 {
		return nil, errors.New("no package's tests use a database")
	}
	return packages, nil
}

// Tests are tests to run.
type Tests struct {
	Packages []string
	// Skip are the names of tests that are left out.
	Skip []string
	// Environment are variables that the tests get.
	Environment map[string]string
}

// Counts says how many tests and subtests ended how.
type Counts struct{ Passed, Failed, Skipped int }

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// Run runs the tests, two packages at a time. It tells of each package and of what failing tests wrote.
func (t Tests) Run(ctx context.Context, stdout, stderr io.Writer) (counts Counts, err error) {
	args := []string{"test", "-json", "-vet=off", "-count=1", "-timeout=20m", "-p=2"}
	if len(t.Skip) > 0 {
		args = append(args, "-skip", "^("+strings.Join(t.Skip, "|")+")$")
	}
	command := exec.CommandContext(ctx, "go", slices.Concat(args, t.Packages)...) //nolint:gosec // its own arguments
	command.Env = child.Environment(t.Environment)
	command.Stderr, command.WaitDelay = stderr, 10*time.Second
	output, err := command.StdoutPipe()
	if err != nil {
		return counts, err
	}
	if err := command.Start(); err != nil {
		return counts, fmt.Errorf("start go test: %w", err)
	}
	if err := counts.read(output, stdout); err != nil {
		return counts, err
	}
	if err := command.Wait(); err != nil && counts.Failed == 0 {
		return counts, fmt.Errorf("the tests did not run: %w", err)
	}
	return counts, nil
}

// read reads the output of go test -json.
func (c *Counts) read(output io.Reader, stdout io.Writer) error {
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
			written[key] += e.Output
		case "pass", "skip", "fail":
			c.count(e)
			if e.Action == "fail" {
				_, _ = fmt.Fprint(stdout, written[key])
			}
			if e.Action == "fail" && e.Test == "" { // it may have ended within tests
				for unfinished, output := range written {
					if strings.HasPrefix(unfinished, e.Package+" Test") && strings.Contains(output, "panic:") {
						_, _ = fmt.Fprint(stdout, output)
					}
				}
			}
			if e.Test == "" {
				_, _ = fmt.Fprintf(stdout, "%s %s (%.1f s)\n", e.Action, e.Package, e.Elapsed)
			}
			delete(written, key)
		}
	}
	return lines.Err()
}

func (c *Counts) count(e event) {
	switch {
	case e.Test == "" && e.Action != "fail":
	case e.Action == "pass":
		c.Passed++
	case e.Action == "skip":
		c.Skipped++
	default: // a package may fail without a test
		c.Failed++
	}
}
