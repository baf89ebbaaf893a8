package main

import (
	"testing"
	"time"
)

// A job is stolen if nothing was done to its process and its connections within the
// threshold before it was replaced, and only then.
func TestStolen(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ago := func(seconds float64) time.Time { return now.Add(-time.Duration(seconds * float64(time.Second))) }
	for name, test := range map[string]struct {
		change func(*record, *incarnation, *jobRun)
		stolen bool
	}{
		"untouched":        {func(*record, *incarnation, *jobRun) {}, true},
		"killed":           {func(_ *record, i *incarnation, _ *jobRun) { i.killed = ago(7) }, false},
		"stopped":          {func(_ *record, i *incarnation, _ *jobRun) { i.stops = []span{{ago(20), ago(7)}} }, false},
		"stopped long ago": {func(_ *record, i *incarnation, _ *jobRun) { i.stops = []span{{ago(20), ago(9)}} }, true},
		"cut off": {func(r *record, _ *incarnation, _ *jobRun) {
			r.happen(happening{slots: []string{"worker-1"}, from: ago(9), to: ago(5)})
		}, false},
		"another cut off": {func(r *record, _ *incarnation, _ *jobRun) {
			r.happen(happening{slots: []string{"worker-2"}, from: ago(9), to: ago(5)})
		}, true},
		"database restarted": {func(r *record, _ *incarnation, _ *jobRun) {
			r.happen(happening{database: true, from: ago(3), to: ago(2)})
		}, false},
		"cut off while it took": {func(r *record, _ *incarnation, _ *jobRun) {
			r.happen(happening{database: true, from: ago(12), to: ago(11.5)})
		}, false},
		"just taken":      {func(_ *record, _ *incarnation, run *jobRun) { run.from = ago(5) }, false},
		"ended by itself": {func(_ *record, _ *incarnation, run *jobRun) { run.retired = false }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecord()
			i := &incarnation{slot: &slot{name: "worker-1"}, logPath: t.TempDir() + "/none"}
			run := jobRun{job: 1, submission: "s", process: i, from: ago(12), to: now, retired: true}
			test.change(r, i, &run)
			r.stolen(map[string][]jobRun{"s": {run}})
			if got := r.count("stolen") == 1; got != test.stolen {
				t.Errorf("stolen is %v", got)
			}
		})
	}
}

// A recovery is counted from the last moment at which sweepers could not work.
func TestExcuse(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r := newRecord()
	r.happen(happening{kind: cut, slots: []string{"api-1"}, from: now.Add(time.Second), to: now.Add(4 * time.Second)})
	r.happen(happening{kind: restartFast, database: true, from: now.Add(2 * time.Second), to: now.Add(3 * time.Second)})
	rec := recovered{lost: now, from: now, next: jobRun{from: now.Add(10 * time.Second)}}
	r.excuse(&rec)
	if took := rec.next.from.Sub(rec.from); took != 7*time.Second || rec.because != string(restartFast) {
		t.Errorf("it took %s since %s", took, rec.because)
	}
}
