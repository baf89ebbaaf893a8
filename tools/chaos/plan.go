package main

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// kind is a kind of fault.
type kind string

// The kinds. Kills and stops are counted apart from the others.
const (
	killWorker kind = "kill_worker"
	killAPI    kind = "kill_api"
	killLeader kind = "kill_leader"
	stopWorker kind = "stop_worker"
	stopAPI    kind = "stop_api"

	restartFast      kind = "restart_fast"
	restartImmediate kind = "restart_immediate"
	terminate        kind = "terminate_backends"
	cut              kind = "cut_connections"
	cutAll           kind = "cut_all"
	slow             kind = "slow_connections"
	dropListen       kind = "drop_listen"
	fillPool         kind = "fill_connections"
	websiteFail      kind = "website_fails"
	websiteStall     kind = "website_stalls"
	providerFail     kind = "provider_fails"
	providerStall    kind = "provider_stalls"
	deploy           kind = "deploy"
)

func (k kind) isKill() bool { return k == killWorker || k == killAPI || k == killLeader }
func (k kind) isStop() bool { return k == stopWorker || k == stopAPI }

// action is a fault at a time.
type action struct {
	at   time.Duration // since the beginning
	kind kind
	// pick chooses the target.
	pick uint64
	// long is the duration of a fault that lasts.
	long time.Duration
}

// lane is a sequence of actions: each waits for the end of the one before.
type lane struct {
	name  string
	every time.Duration
	deck  []kind
	// least and most bound the duration.
	least, most time.Duration
}

// lanes give the default run its minimum of each kind, and some more.
var lanes = []lane{
	{"kill", 8400 * time.Millisecond, []kind{
		killWorker, killWorker, killAPI, killWorker, killLeader, killWorker, killWorker, killAPI,
	}, 300 * time.Millisecond, 1500 * time.Millisecond},
	{
		"stop", 24300 * time.Millisecond,
		[]kind{stopWorker, stopWorker, stopWorker, stopAPI},
		9 * time.Second,
		13 * time.Second,
	},
	{"database", 13100 * time.Millisecond, []kind{
		restartFast, restartImmediate, terminate, cut, cutAll, slow, dropListen, fillPool,
	}, 500 * time.Millisecond, 3 * time.Second},
	{
		"other side", 25300 * time.Millisecond,
		[]kind{websiteFail, websiteStall, providerFail, providerStall},
		4 * time.Second, 8 * time.Second,
	},
	{"deploy", 97 * time.Second, []kind{deploy}, 0, 0},
}

// planOf returns the actions of a seed by lane, in order.
func planOf(seed uint64, duration time.Duration, lanes []lane) map[string][]action {
	plan := map[string][]action{}
	for i, l := range lanes {
		random := rand.New(rand.NewPCG(seed, uint64(i)+1)) //nolint:gosec // it has to be repeatable
		var deck []kind
		for at := l.every * time.Duration(30+random.IntN(50)) / 100; at < duration; {
			if len(deck) == 0 {
				deck = slices.Clone(l.deck)
				random.Shuffle(len(deck), func(a, b int) { deck[a], deck[b] = deck[b], deck[a] })
			}
			a := action{at: at, kind: deck[0], pick: random.Uint64(), long: l.least}
			if l.most > l.least {
				a.long += time.Duration(random.Int64N(int64(l.most - l.least)))
			}
			plan[l.name] = append(plan[l.name], a)
			deck = deck[1:]
			at += l.every * time.Duration(85+random.IntN(30)) / 100
		}
	}
	return plan
}

// inOrder returns all actions of a plan by time.
func inOrder(plan map[string][]action) []action {
	var all []action
	for _, actions := range plan {
		all = append(all, actions...)
	}
	slices.SortFunc(all, func(a, b action) int { return cmp.Compare(a.at, b.at) })
	return all
}
