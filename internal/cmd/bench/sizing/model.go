// Package sizing predicts how many jobs workers and database end, and what bounds them first.
//
// The model is a closed queueing network: each slot of each worker holds a job that waits for a website or a model (no
// queue), and needs the processors of its worker and of the database. It is solved by exact mean value analysis (Reiser
// and Lavenberg, 1980), with Seidmann's approximation of stations of several servers (1987).
package sizing

import "math"

// Costs are what a job costs.
type Costs struct {
	// Worker and Database are seconds of a processor for each job.
	Worker, Database float64
	// Idle is how many processors of the database an idle worker keeps busy: it looks for jobs and writes heartbeats.
	Idle float64
	// Wait is how many seconds a job holds its slot without needing a processor.
	Wait float64
}

// station is where jobs queue: the seconds that each needs there, and how many it serves at a time.
type station struct{ demand, servers float64 }

// throughput returns how many jobs a second so many customers end that wait between their visits.
func throughput(customers int, wait float64, stations ...station) float64 {
	queued := make([]float64, len(stations))
	rate := 0.0
	for n := 1; n <= customers; n++ {
		cycle := wait
		times := make([]float64, len(stations))
		for i, s := range stations {
			each := s.demand / s.servers
			times[i] = each * (1 + queued[i])
			cycle += times[i] + s.demand - each
		}
		rate = float64(n) / cycle
		for i := range queued {
			queued[i] = rate * times[i]
		}
	}
	return rate
}

// Shared returns how many jobs a second workers of so many slots end that share their processors with the database.
func (c Costs) Shared(workers, slots int, processors float64) float64 {
	left := max(processors-float64(workers)*c.Idle, 0.01)
	return throughput(workers*slots, c.Wait, station{c.Worker + c.Database, left})
}

// WithWait returns the costs with the wait that comes closest to the measured rates, by number of workers: the mean of
// the waits that predict each of them.
func (c Costs) WithWait(measured map[int]float64, slots int, processors float64) Costs {
	total := 0.0
	for workers, rate := range measured {
		low, high := 0.0, 10*float64(workers*slots)/rate
		for range 60 { // halving finds it to the last digit
			c.Wait = (low + high) / 2
			if c.Shared(workers, slots, processors) > rate {
				low = c.Wait
			} else {
				high = c.Wait
			}
		}
		total += c.Wait
	}
	c.Wait = total / float64(len(measured))
	return c
}

// Fleet is what runs apart from each other: workers, and one database.
type Fleet struct {
	// Slots, Processors and Connections are those of one worker.
	Slots, Processors, Connections int
	// DatabaseProcessors and MaxConnections are those of the database; a pooler in front of it takes away the limit
	// of connections.
	DatabaseProcessors, MaxConnections int
	Pooler                             bool
}

// What bounds a fleet.
const (
	BoundSlots       = "slots"
	BoundWorkers     = "workers' cores"
	BoundConnections = "connections"
	BoundDatabase    = "database's cores"
	BoundDisk        = "disk"
	BoundIdle        = "idle workers"
)

// Moves says what takes each bound away.
var Moves = map[string]string{
	BoundDisk:  "a shorter retention, a larger disk, then cells or a distributed engine",
	BoundSlots: "more workers, or more NETWORK_SLOTS", BoundWorkers: "more workers",
	BoundConnections: "a pooler (DATABASE_POOLER)", BoundDatabase: "a larger server, then cells or a distributed engine",
	BoundIdle: "fewer workers with more slots each",
}

// Rate returns how many jobs a second so many workers end, and what bounds them. Workers that get no connection end
// none.
func (f Fleet) Rate(c Costs, workers int) (rate float64, bound string) {
	connected := workers
	if !f.Pooler {
		connected = min(workers, f.MaxConnections/f.Connections)
	}
	left := max(float64(f.DatabaseProcessors)-float64(connected)*c.Idle, 0.01)
	rate = throughput(connected*f.Slots, c.Wait,
		station{c.Worker, float64(connected * f.Processors)}, station{c.Database, left})
	bounds := []struct {
		name string
		rate float64
	}{
		{BoundDatabase, left / c.Database},
		{BoundWorkers, float64(connected*f.Processors) / c.Worker},
		{BoundSlots, float64(connected*f.Slots) / (c.Wait + c.Worker + c.Database)},
	}
	least := math.Inf(1)
	for _, b := range bounds {
		if b.rate < least {
			bound, least = b.name, b.rate
		}
	}
	switch idle := float64(connected) * c.Idle; {
	case bound == BoundDatabase && idle > left:
		bound = BoundIdle
	case bound != BoundDatabase && connected < workers:
		bound = BoundConnections
	}
	return rate, bound
}

// Workers returns how many workers keep a rate with a quarter of their slots free, and what bounds the next ones first:
// connections or the database, or, where that is far, slots.
func (f Fleet) Workers(c Costs, rate float64) (workers int, bound string) {
	const use = 0.75
	perWorker := min(float64(f.Slots)/(c.Wait+c.Worker+c.Database), float64(f.Processors)/c.Worker)
	workers = max(int(math.Ceil(rate/perWorker/use)), 1)
	left := float64(f.DatabaseProcessors) - float64(workers)*c.Idle
	switch {
	case rate*c.Database > use*left:
		return workers, BoundDatabase
	case !f.Pooler && workers*f.Connections > f.MaxConnections:
		return workers, BoundConnections
	}
	return workers, BoundSlots
}
