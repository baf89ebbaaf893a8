package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// defects are what the programs can be built to lack, one at a time, with the build
// tag chaosswitch; jobs/defect_on.go has them.
var defects = []struct {
	name, what string
	// schema takes away what the database itself would hold against the defect.
	schema string
}{
	{"", "no defect: nothing may be found", ""},
	{"supersede", "a submit does not supersede the older submission", "drop index submissions_running"},
	{"fence", "neither status nor job_id of the submission is compared", "drop index submissions_running; drop index submissions_building"},
	{"recovery", "no recovery", ""},
	{"permanent", "permanent failures are left to River", ""},
	{"transaction", "completion in a second transaction", ""},
}

// The self-test's runs are short, so that more is done in each.
var (
	selftestLanes = []lane{
		{"kill", 4 * time.Second, []kind{killWorker}, 300 * time.Millisecond, 600 * time.Millisecond},
		{"database", 5 * time.Second, []kind{dropListen, terminate}, time.Second, 2 * time.Second},
	}
	selftestHabits = habits{keys: 50, supersede: 40, cancel: 5, gone: 30, reset: 5}
)

const selftestDuration = 18 * time.Second

// selftest runs against programs with each of the defects and wants each noticed.
func selftest(ctx context.Context, o options) error {
	programs, err := buildTagged(ctx, filepath.Dir(o.programs), "chaosswitch")
	if err != nil {
		return err
	}
	o.programs, o.habits, o.lanes, o.settle = programs, selftestHabits, selftestLanes, 10*time.Second
	o.users = 30
	if o.duration == 0 {
		o.duration = selftestDuration
	}
	caught, wanted := 0, len(defects)-1
	for _, d := range defects {
		_, _ = fmt.Fprintf(o.out, "selftest: %s (seed=%d)\n", d.what, o.seed)
		o.shape = func(s *shape) {
			s.workers, s.beforeProcesses = 3, d.schema
			s.settings = map[string]string{"CHAOS_SWITCH": d.name}
		}
		res, err := runChaos(ctx, o)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(o.out, strings.Replace(res.line(), "chaos:", "selftest:", 1))
		switch found := res.violations(); {
		case d.name == "" && found > 0:
			return fmt.Errorf("the checker found %d faults in sound programs: see %s", found, res.report)
		case d.name != "" && found > 0:
			caught++
		case d.name != "":
			_, _ = fmt.Fprintln(o.out, "selftest: not noticed:", d.what)
		}
	}
	_, _ = fmt.Fprintf(o.out, "selftest: caught=%d/%d\n", caught, wanted)
	if caught < wanted {
		return errViolated
	}
	return nil
}

// buildTagged builds the programs with a build tag, apart from the sound ones.
func buildTagged(ctx context.Context, root, tag string) (string, error) {
	folder := filepath.Join(root, ".bin", tag)
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // programs are for everybody
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-tags", tag, "-o", folder+string(filepath.Separator), "./cmd/api", "./cmd/worker") //nolint:gosec // of this project
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the programs with the tag %s: %w: %s", tag, err, out)
	}
	return folder, nil
}
