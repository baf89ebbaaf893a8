package trees

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var options = Options{Rounds: 40, Depth: 3, Rate: 0.3, Features: 1, Rows: 0.8, Least: 1, Lambda: 1, Seed: 1}

// ring says yes between two circles, which no single question can tell; the third feature is noise.
func ring(seed uint64, n int) []Sample {
	rng := rand.New(rand.NewPCG(seed, 1))
	samples := make([]Sample, n)
	for i := range samples {
		x, y := rng.Float32()*2-1, rng.Float32()*2-1
		samples[i] = Sample{Row: []float32{x, y, rng.Float32()}, Weight: 1}
		if d := x*x + y*y; d > 0.2 && d < 0.7 {
			samples[i].Yes = 1
		}
	}
	return samples
}

func TestTreesLearnWhatOneQuestionCanNot(t *testing.T) {
	t.Parallel()
	model, right := Train(ring(1, 3000), options), 0
	unseen := ring(2, 1000)
	for _, s := range unseen {
		if (model.Predict(s.Row) > 0.5) == (s.Yes > 0.5) {
			right++
		}
	}
	assert.Greater(t, right, 930)
}

func TestTrainingIsRepeatable(t *testing.T) {
	t.Parallel()
	once, again := Train(ring(1, 500), options), Train(ring(1, 500), options)
	assert.Equal(t, once, again)
	other := options
	other.Seed = 2
	assert.NotEqual(t, Train(ring(1, 500), options), Train(ring(1, 500), other))
}

func TestWeightsCount(t *testing.T) {
	t.Parallel()
	samples := []Sample{{Row: []float32{0}, Yes: 1, Weight: 3}, {Row: []float32{0}, Weight: 1}}
	model := Train(samples, Options{Rounds: 1, Depth: 1, Rate: 1, Features: 1, Rows: 1, Seed: 1})
	require.Equal(t, 1, model.Features)
	assert.InDelta(t, 0.75, model.Predict([]float32{0}), 0.01)
}

func TestLogits(t *testing.T) {
	t.Parallel()
	assert.InDelta(t, 0.3, Sigmoid(Logit(0.3)), 1e-12)
	assert.InDelta(t, 0, Sigmoid(Logit(0)), 1e-3)
	assert.InDelta(t, 1, Sigmoid(Logit(1)), 1e-3)
}
