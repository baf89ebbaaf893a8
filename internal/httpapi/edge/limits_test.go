package edge

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"golang.org/x/time/rate"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	b := newBuckets(1, 3)
	b.limit = rate.Every(time.Hour)
	for range 3 {
		assert.Zero(t, b.take("ada"))
	}
	wait := b.take("ada")
	assert.InDelta(t, time.Hour, wait, float64(time.Second))
	assert.LessOrEqual(t, b.take("ada"), wait, "to be refused costs nothing")
	assert.Zero(t, b.take("bob"))
	assert.Zero(t, newBuckets(0, 5).take("ada"), "no limit")

	for i := range mostBuckets + 10 {
		b.take(fmt.Sprint(i))
		if i%1000 == 0 {
			assert.Positive(t, b.take("ada"), "what is used is not forgotten")
		}
	}
	assert.LessOrEqual(t, len(b.now)+len(b.before), mostBuckets)
}
