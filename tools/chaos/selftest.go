package main

import (
	"context"
	"embed"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// defectFiles are patches that take away one guarantee each.
//
//go:embed defects/*.patch
var defectFiles embed.FS

// defect is one of them.
type defect struct {
	what string
	// schema drops the constraints by which the database itself would prevent the damage.
	schema string
	patch  string
}

// readDefects reads the header of each patch: what it does, and "schema: SQL" if it
// needs that.
func readDefects() ([]defect, error) {
	const folder = "defects"
	files, err := defectFiles.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var defects []defect
	for _, file := range files {
		path := folder + "/" + file.Name()
		text, err := defectFiles.ReadFile(path)
		if err != nil {
			return nil, err
		}
		header, _, _ := strings.Cut(string(text), "\n\n")
		what, schema, _ := strings.Cut(header, "\nschema: ")
		defects = append(defects, defect{what: what, schema: schema, patch: path})
	}
	return defects, nil
}

// The self-test's runs are short, so that more is done in each.
var (
	selftestLanes = []lane{
		{"kill", 4 * time.Second, []kind{killWorker}, 300 * time.Millisecond, 600 * time.Millisecond},
		{"database", 5 * time.Second, []kind{dropListen, terminate}, time.Second, 2 * time.Second},
	}
	selftestHabits = habits{keys: 50, supersede: 40, cancel: 5, gone: 30, reset: 5, peek: 10}
)

const selftestDuration = 18 * time.Second

// selftest runs against sound programs, in which nothing may be found, and against
// programs with each of the defects, which has to be noticed.
func selftest(ctx context.Context, o options) error {
	defects, err := readDefects()
	if err != nil {
		return fmt.Errorf("read the defects: %w", err)
	}
	o.habits, o.lanes, o.settle, o.users = selftestHabits, selftestLanes, 10*time.Second, 30
	if o.duration == 0 {
		o.duration = selftestDuration
	}
	tree, err := copyTree(ctx, filepath.Dir(o.programs))
	if err != nil {
		return err
	}
	defer tree.remove()
	res, err := runDefect(ctx, o, "no defect")
	if err != nil {
		return err
	}
	if found := res.violations(); found > 0 {
		return fmt.Errorf("the checker found %d faults in sound programs: see %s", found, res.report)
	}
	caught := 0
	for _, d := range defects {
		if o.programs, err = tree.build(ctx, d.patch); err != nil {
			return err
		}
		o.schema = d.schema
		res, err := runDefect(ctx, o, d.what)
		if err != nil {
			return err
		}
		if res.violations() > 0 {
			caught++
		} else {
			_, _ = fmt.Fprintln(o.out, "selftest: not noticed:", d.what)
		}
	}
	_, _ = fmt.Fprintf(o.out, "selftest: caught=%d/%d\n", caught, len(defects))
	if caught < len(defects) {
		return errViolated
	}
	return nil
}

// runDefect runs once and says how it went.
func runDefect(ctx context.Context, o options, what string) (result, error) {
	_, _ = fmt.Fprintf(o.out, "selftest: %s (seed=%d)\n", what, o.seed)
	res, err := runChaos(ctx, o)
	if err == nil {
		_, _ = fmt.Fprintln(o.out, strings.Replace(res.line(), "chaos:", "selftest:", 1))
	}
	return res, err
}
