package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// deadThreshold is how long a worker has to be silent before its jobs are replaced.
const deadThreshold = 8 * time.Second

// jobRun is one attempt at a submission.
type jobRun struct {
	job        int64
	submission string
	process    *incarnation // nil if its worker is not known
	from, to   time.Time    // zero while it runs
	endedAs    string
	retired    bool
	recoveries int
	// died says that a fault ended it, or may have.
	died bool
}

// move is a state change of a job.
type move struct {
	At         time.Time
	Job        int64
	State      string
	Client     *string
	Submission *string
	Recoveries *int
	Retired    bool
}

// history returns the runs of all jobs by submission.
func history(ctx context.Context, conn *pgx.Conn, workers []*slot) (map[string][]jobRun, error) {
	processes := map[string]*incarnation{}
	for _, s := range workers {
		for _, i := range s.past {
			processes[i.client()] = i
		}
	}
	moves, err := rows[move](ctx, conn,
		`select at, job_id, state, client, submission_id::text, recoveries, retired from audit.jobs where submission_id is not null order by n`)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	open := map[int64]*jobRun{}
	runs := map[string][]jobRun{}
	for _, m := range moves {
		if run := open[m.Job]; run != nil {
			run.to, run.endedAs, run.retired = m.At, m.State, m.Retired
			runs[run.submission] = append(runs[run.submission], *run)
			delete(open, m.Job)
		}
		if m.State == "running" {
			run := &jobRun{job: m.Job, submission: *m.Submission, from: m.At}
			if m.Client != nil {
				run.process = processes[*m.Client]
			}
			if m.Recoveries != nil {
				run.recoveries = *m.Recoveries
			}
			open[m.Job] = run
		}
	}
	for _, run := range open {
		runs[run.submission] = append(runs[run.submission], *run)
	}
	for _, list := range runs {
		slices.SortFunc(list, func(a, b jobRun) int { return a.from.Compare(b.from) })
	}
	return runs, nil
}

// judge marks the runs that died.
func (r *record) judge(runs map[string][]jobRun) {
	for _, list := range runs {
		for i := range list {
			run := &list[i]
			to := run.to
			if to.IsZero() {
				to = time.Now()
			}
			run.died = run.retired || r.troubled(run.process, run.from, to)
		}
	}
}

// troubled reports whether a fault within a time may have ended the work of a process: a
// fault of the process or of its connection to the database.
func (r *record) troubled(i *incarnation, from, to time.Time) bool {
	if i == nil {
		return true
	}
	i.slot.mu.Lock()
	for _, at := range []time.Time{i.killed, i.asked, i.ended} {
		if !at.IsZero() && !at.After(to) {
			i.slot.mu.Unlock()
			return true
		}
	}
	for _, stop := range i.stops {
		if stop.overlaps(from, to) {
			i.slot.mu.Unlock()
			return true
		}
	}
	i.slot.mu.Unlock()
	return r.disconnected(i.slot.name, from, to)
}

// disconnected reports whether a slot may have had no database within a time.
func (r *record) disconnected(slot string, from, to time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.happened {
		if (h.database || slices.Contains(h.slots, slot)) && (span{h.from, h.to}).overlaps(from, to) {
			return true
		}
	}
	return false
}

// stolen finds jobs that were replaced although their process ran, was connected and
// worked on them during the whole threshold before.
func (r *record) stolen(runs map[string][]jobRun) {
	ended := map[*incarnation]map[int64]time.Time{} // by the logs of the processes
	for _, list := range runs {
		for _, run := range list {
			since := run.to.Add(-deadThreshold)
			if !run.retired || run.process == nil || run.from.After(since) || r.troubled(run.process, since, run.to) {
				continue
			}
			if ended[run.process] == nil {
				ended[run.process] = run.process.ends()
			}
			// A worker that lost its connection while it took a job may not know of it: then
			// only its log shows that it worked.
			at, ended := ended[run.process][run.job]
			if ended && at.Before(run.to) ||
				!ended && r.disconnected(run.process.slot.name, run.from.Add(-time.Second), run.from.Add(time.Second)) {
				continue
			}
			r.find("stolen", fmt.Sprint(
				run.job,
			), fmt.Sprintf("job %d of submission %s was taken from %s at %s, which was working on it since %s (%s)",
				run.job, run.submission, run.process.slot.name, run.to.Format(clock), run.from.Format(clock), run.process.logPath))
		}
	}
}

// ends returns when the runs of a process's jobs ended last, as its log says.
func (i *incarnation) ends() map[int64]time.Time {
	ends := map[int64]time.Time{}
	_ = i.lines(func(line map[string]any) { // an unreadable log shows no end
		id, ok := line["job_id"].(float64)
		if text, isText := line["time"].(string); ok && isText && line["msg"] == "job run ended" {
			if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
				ends[int64(id)] = at
			}
		}
	})
	return ends
}

// recovered is a job that a successor continued after its process was lost.
type recovered struct {
	run     jobRun
	next    jobRun
	how     string
	lost    time.Time // when its process was lost
	from    time.Time // when the recovery time begins
	because string
	took    time.Duration
}

// recoveries returns the jobs that went on after their process was killed or stopped.
func (r *record) recoveries(runs map[string][]jobRun) []recovered {
	var all []recovered
	for _, list := range runs {
		for i, run := range list {
			how, lost := run.lostBy()
			if how == "" || i+1 == len(list) {
				continue
			}
			next := list[i+1]
			if next.recoveries != run.recoveries+1 {
				continue
			}
			rec := recovered{run: run, next: next, how: how, lost: lost, from: lost, because: how}
			r.excuse(&rec)
			rec.took = max(next.from.Sub(rec.from), 0)
			all = append(all, rec)
		}
	}
	slices.SortFunc(all, func(a, b recovered) int { return cmp.Compare(a.took, b.took) })
	return all
}

// lostBy returns how a run lost its process, and when; "" if it did not.
func (run jobRun) lostBy() (how string, at time.Time) {
	if !run.retired || run.process == nil {
		return "", at
	}
	i := run.process
	i.slot.mu.Lock()
	defer i.slot.mu.Unlock()
	for _, stop := range i.stops {
		if stop.overlaps(run.from, run.to) {
			return "stop", stop.from
		}
	}
	if !i.killed.IsZero() && i.killed.Before(run.to) {
		return "kill", i.killed
	}
	return "", at
}

// excuse moves the begin of a recovery to the last moment at which the database came back
// or connections of workers were broken.
func (r *record) excuse(rec *recovered) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.happened {
		breaks := h.database
		for _, s := range h.slots {
			breaks = breaks || s[0] == 'w'
		}
		if breaks && h.to.After(rec.from) && h.from.Before(rec.next.from) {
			rec.from, rec.because = h.to, string(h.kind)
		}
	}
}

// quantile of sorted recoveries, in seconds; 0 of none.
func quantile(all []recovered, q float64) float64 {
	if len(all) == 0 {
		return 0
	}
	return all[min(int(q*float64(len(all))), len(all)-1)].took.Seconds()
}
