package main

import (
	"strings"
	"testing"
	"time"
)

// The same seed does the same things at the same times.
func TestPlanIsOfItsSeed(t *testing.T) {
	t.Parallel()
	first, second := inOrder(planOf(7, time.Minute, lanes)), inOrder(planOf(7, time.Minute, lanes))
	if len(first) == 0 || len(first) != len(second) {
		t.Fatalf("%d and %d actions", len(first), len(second))
	}
	for i := range first {
		if first[i] != second[i] {
			t.Errorf("action %d is %v and %v", i, first[i], second[i])
		}
	}
	if other := inOrder(planOf(8, time.Minute, lanes)); len(other) == len(first) && other[0] == first[0] {
		t.Error("another seed does the same")
	}
}

// Whatever the seed, the default run is planned to do what it has to have done.
func TestDefaultPlanDoesEnough(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		kills, stops, counts := 0, 0, map[kind]int{}
		for _, a := range inOrder(planOf(seed, defaultDuration, lanes)) {
			counts[a.kind]++
			if a.kind.isKill() {
				kills++
			}
			if a.kind.isStop() {
				stops++
			}
		}
		if kills < 63 || stops < 21 || counts[killLeader] < 6 {
			t.Errorf("seed %d: %d kills, %d of the leader, %d stops", seed, kills, counts[killLeader], stops)
		}
		for _, l := range lanes {
			for _, k := range l.deck {
				if !k.isKill() && !k.isStop() && counts[k] < 5 {
					t.Errorf("seed %d: %s comes %d times", seed, k, counts[k])
				}
			}
		}
	}
}

// Every page names its website, so that a result can be told from another's.
func TestPagesNameTheirToken(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"", "services", "about"} {
		if !strings.Contains(strings.ToLower(pageOf("wq1", page)), "wq1") {
			t.Errorf("the page %q does not name its website", page)
		}
	}
	if pageOf("wq1", "services") == pageOf("wq2", "services") || pageOf("wq1", "nothing") != "" {
		t.Error("pages of different websites are the same")
	}
}
