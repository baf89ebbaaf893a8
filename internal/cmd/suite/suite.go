// Package suite runs tests, tells of them and counts them, and has the server of those that run through something that
// stands before it.
package suite

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/cmd/child"
)

// database is the package that every test with a database imports.
const database = "github.com/alwrity/onboarding/internal/postgres/pgtest"

// Packages returns the named packages, separated by commas, or all whose tests use a database.
func Packages(ctx context.Context, names string) ([]string, error) {
	if names != "" {
		return strings.Split(names, ","), nil
	}
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
	// Pattern matches the names of the tests, "" for all.
	Pattern string
	// Exempt are the names of tests that are left out, with the reason.
	Exempt map[string]string
	// Environment are variables that the tests get.
	Environment map[string]string
	// Output gets each line that a test writes, nil for nobody.
	Output func(line string)
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
	args := []string{"test", "-json", "-vet=off", "-count=1", "-timeout=20m", "-p=2", "-run", t.Pattern}
	exempt := slices.Sorted(maps.Keys(t.Exempt))
	for _, name := range exempt {
		_, _ = fmt.Fprintf(stdout, "exempt: %s: %s\n", name, t.Exempt[name])
	}
	if len(exempt) > 0 {
		args = append(args, "-skip", "^("+strings.Join(exempt, "|")+")$")
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
	if err := t.read(output, &counts, stdout); err != nil {
		return counts, err
	}
	if err := command.Wait(); err != nil && counts.Failed == 0 {
		return counts, fmt.Errorf("the tests did not run: %w", err)
	}
	return counts, nil
}

// read reads the output of go test -json.
func (t Tests) read(output io.Reader, counts *Counts, stdout io.Writer) error {
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
			if t.Output != nil {
				t.Output(e.Output)
			}
		case "pass", "skip", "fail":
			counts.count(e)
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
