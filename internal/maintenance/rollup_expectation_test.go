package maintenance

import (
	"time"

	"github.com/google/uuid"
)

type factKey struct {
	basis, day, fact string
	step             int
	engine, code     string
}

type timeKey struct {
	day, measure string
	step         int
	engine       string
}

// expectation is what the rollups must hold, counted one event after the other.
type expectation struct {
	counts map[factKey]int
	times  map[timeKey][]time.Duration
}

func (x *expectation) fact(began, at time.Time, fact string, step int, engine, code string) {
	x.counts[factKey{"began", began.Format(time.DateOnly), fact, step, engine, code}]++
	x.counts[factKey{"happened", at.Format(time.DateOnly), fact, step, engine, code}]++
}

func (x *expectation) took(at time.Time, measure string, step int, engine string, took time.Duration) {
	k := timeKey{at.Format(time.DateOnly), measure, step, engine}
	x.times[k] = append(x.times[k], took)
}

// add counts a session.
func (x *expectation) add(s *told) {
	x.fact(s.began, s.began, "started", 0, "", "")
	seen := map[string]bool{}
	first := func(key string) bool { was := seen[key]; seen[key] = true; return !was }
	reached, left, passed, stepBegan, submitted := 0, 0, 0, s.began, map[uuid.UUID]time.Time{}
	for _, e := range s.events[:s.written] {
		engine, step := "", string(rune('0'+e.step))
		if e.step == 2 || e.step == 4 {
			engine = e.engine
			if engine == "" {
				engine = "unknown"
			}
		}
		submission := ""
		if e.submission != nil {
			submission = e.submission.String()
			if _, known := submitted[*e.submission]; e.working && !known {
				submitted[*e.submission] = e.at
			}
		}
		if e.status != "pending" {
			for ; reached < e.step; reached++ {
				x.fact(s.began, e.at, "reached", reached+1, "", "")
			}
			furthest := e.step - 1
			if e.done {
				furthest = e.step
			}
			for ; left < furthest; left++ {
				x.fact(s.began, e.at, "left", left+1, "", "")
			}
		}
		if e.failure {
			if first("failed" + step) {
				x.fact(s.began, e.at, "failed", e.step, "", "")
			}
			if first("failure" + submission) {
				x.fact(s.began, e.at, "failure", e.step, "", e.code)
			}
		}
		if e.status == "skipped" && first("skipped"+step) {
			x.fact(s.began, e.at, "skipped", e.step, "", "")
		}
		if e.completed {
			if first("completed" + step) {
				x.fact(s.began, e.at, "completed", e.step, engine, "")
				x.took(e.at, "step", e.step, engine, e.at.Sub(stepBegan))
				x.took(e.at, "start", e.step, engine, e.at.Sub(s.began))
			}
			if submission != "" && first("work"+submission) {
				x.took(e.at, "work", e.step, engine, e.at.Sub(submitted[*e.submission]))
			}
		}
		if e.done {
			for ; passed < e.step; passed++ {
				x.fact(s.began, e.at, "passed", passed+1, "", "")
			}
			if first("done" + step) {
				stepBegan = e.at
			}
		}
	}
}
