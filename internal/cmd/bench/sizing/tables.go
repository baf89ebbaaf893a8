package sizing

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The costs of one user who takes all six steps, of a site of 11 small pages, as make deploy-check USERS=100 says.
const (
	userWorker   = 0.10 // seconds of a processor
	userDatabase = 0.05
	userMB       = 0.14
	// userWait is how long the jobs of a user hold their slots, most of it waiting for the website: an assumption.
	userWait = 20.0
	// peak is how many times its average the busiest hour of a year has: an assumption.
	peak = 10.0
	// aDisk is how many megabytes the database of aFleet can hold.
	aDisk = 10e6
)

// aFleet is what the sizes are said for: workers with the default settings and a core each, a database of 16.
var aFleet = Fleet{
	Slots: 100, Processors: 1, Connections: 25, DatabaseProcessors: 16, MaxConnections: 500,
}

// User returns what a user of six steps costs, where an idle worker costs the database that much.
func User(idle float64) Costs {
	return Costs{Worker: userWorker, Database: userDatabase, Idle: idle, Wait: userWait}
}

// Tables are what fleets end, and what numbers of users want, in Markdown.
func Tables(user Costs) string { return byWorkers(user) + "\n" + byUsers(user) }

// byWorkers is a table of fleets: what they end, and what bounds them.
func byWorkers(user Costs) string {
	var b strings.Builder
	b.WriteString("| workers | users an hour | bound by | with a pooler | bound by |\n|---|---|---|---|---|\n")
	pooled := aFleet
	pooled.Pooler = true
	for workers := 1; workers <= 10_000; workers *= 10 {
		direct, why := aFleet.Rate(user, workers)
		rate, then := pooled.Rate(user, workers)
		fmt.Fprintf(&b, "| %d | %.0f | %s | %.0f | %s |\n", workers, 3600*direct, why, 3600*rate, then)
	}
	return b.String()
}

// byUsers is a table of users who take the steps once a year: the workers that their peak wants, and the first bound.
func byUsers(user Costs) string {
	var b strings.Builder
	b.WriteString("| users | at the peak | workers | database | disk | first bound |\n|---|---|---|---|---|---|\n")
	const year = 365 * 24 * 3600.0
	for users := 1000; users <= 100_000_000; users *= 10 {
		rate := float64(users) * peak / year
		workers, bound := aFleet.Workers(user, rate)
		if float64(users)*userMB > aDisk {
			bound = BoundDisk
		}
		fmt.Fprintf(&b, "| %d | %.3g/s | %d | %.2f %% | %s | %s |\n", users, rate, workers,
			100*rate*user.Database/float64(aFleet.DatabaseProcessors), size(float64(users)*userMB), bound)
	}
	b.WriteString("\n")
	for _, bound := range slices.Sorted(maps.Keys(Moves)) {
		fmt.Fprintf(&b, "- %s: %s\n", bound, Moves[bound])
	}
	return b.String()
}

// size writes megabytes for people.
func size(mb float64) string {
	switch {
	case mb >= 1e6:
		return fmt.Sprintf("%.3g TB", mb/1e6)
	case mb >= 1e3:
		return fmt.Sprintf("%.3g GB", mb/1e3)
	}
	return fmt.Sprintf("%.3g MB", mb)
}
