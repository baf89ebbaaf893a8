package maintenance

import (
	"math"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/queue"
)

// drain is within which time what waits in a queue is to have started: half of what the alerts allow.
var drain = map[string]time.Duration{
	queue.Interactive: 15 * time.Second, queue.Network: 15 * time.Second, queue.Bulk: 15 * time.Minute,
}

const (
	// wantedUse is the share of its slots that a worker is planned to use: the rest is for what arrives at random.
	wantedUse = 0.75
	// busyReadings is over how many readings the busy slots are averaged, wantedReadings for how many the most that
	// was wanted stays wanted: a fleet grows at once and shrinks slowly.
	busyReadings   = int(time.Minute / watchEvery)
	wantedReadings = int(5 * time.Minute / watchEvery)
)

// load is what a reading says about a queue: jobs that could start, jobs that run, and the jobs that have ended since
// the reading before, with how long their runs took together.
type load struct {
	waiting, running int
	ended            int
	seconds          float64
}

// fleet says how many workers are wanted. The zero value has read nothing.
type fleet struct {
	// slots are those of one worker, by queue.
	slots   map[string]int
	busy    map[string][]float64
	service map[string]float64
	wanted  []float64
}

// read takes a reading of all queues and returns how many workers of those slots are wanted, at least 1: the slots that
// were busy over the last minute, by Little's law arrivals times service time, and those that start within drain what
// waits, for the queue that needs most. A queue of which no job has ended yet wants a slot for each job that waits.
func (f *fleet) read(now map[string]load) float64 {
	if f.busy == nil {
		f.busy, f.service = map[string][]float64{}, map[string]float64{}
	}
	most := 1.0
	for name, slots := range f.slots {
		l := now[name]
		f.busy[name] = newest(append(f.busy[name], float64(l.running)), busyReadings)
		within := drain[name].Seconds()
		if l.ended > 0 {
			f.service[name] = l.seconds / float64(l.ended)
		}
		service, known := f.service[name]
		if !known {
			service = within
		}
		busy := 0.0
		for _, n := range f.busy[name] {
			busy += n / float64(len(f.busy[name]))
		}
		need := busy + float64(l.waiting)*service/within
		most = max(most, need/(wantedUse*float64(slots)))
	}
	f.wanted = newest(append(f.wanted, math.Ceil(most)), wantedReadings)
	return slices.Max(f.wanted)
}

// newest returns the last n elements.
func newest(list []float64, n int) []float64 { return list[max(len(list)-n, 0):] }
