package sizing

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestThroughput(t *testing.T) {
	t.Parallel()
	assert.InDelta(t, 10, throughput(1, 0.09, station{0.01, 1}), 1e-9, "one job at a time")
	assert.InDelta(t, 100, throughput(1000, 0.09, station{0.01, 1}), 0.1, "the station is busy")
	assert.InDelta(t, 400, throughput(1000, 0.09, station{0.01, 4}), 0.5, "four serve four times as many")
	// Two jobs at one station without a wait: it never idles. With a second station, n/(n+K-1) of the best rate.
	assert.InDelta(t, 100, throughput(2, 0, station{0.01, 1}), 1e-9)
	assert.InDelta(t, 100*2.0/3, throughput(2, 0, station{0.01, 1}, station{0.01, 1}), 1e-9)
}

func TestTheWaitIsFound(t *testing.T) {
	t.Parallel()
	c := Costs{Worker: 0.001, Database: 0.002, Idle: 0.01, Wait: 0.05}
	measured := map[int]float64{1: c.Shared(1, 5, 2), 2: c.Shared(2, 5, 2)}
	assert.InDelta(t, 0.05, Costs{Worker: 0.001, Database: 0.002, Idle: 0.01}.WithWait(measured, 5, 2).Wait, 1e-6)
}

func TestWhatBoundsAFleet(t *testing.T) {
	t.Parallel()
	c := Costs{Worker: 0.1, Database: 0.05, Idle: 0.001, Wait: 20}
	f := Fleet{
		Slots: 20, Processors: 1, Connections: 25, DatabaseProcessors: 16, MaxConnections: 500,
	}
	rate, bound := f.Rate(c, 1)
	assert.Equal(t, BoundSlots, bound)
	assert.InDelta(t, 1, rate, 0.05)
	rate, bound = f.Rate(c, 100)
	assert.Equal(t, BoundConnections, bound)
	assert.InDelta(t, 20, rate, 1, "only twenty workers are connected")
	f.Pooler = true
	rate, bound = f.Rate(c, 1000)
	assert.Equal(t, BoundDatabase, bound)
	assert.InDelta(t, (16-1)/0.05, rate, 5)
	_, bound = f.Rate(c, 10_000)
	assert.Equal(t, BoundIdle, bound)
	c.Wait = 0
	_, bound = f.Rate(c, 1)
	assert.Equal(t, BoundWorkers, bound)
	for _, name := range []string{BoundSlots, BoundWorkers, BoundConnections, BoundDatabase, BoundIdle} {
		assert.NotEmpty(t, Moves[name], name)
	}
}
