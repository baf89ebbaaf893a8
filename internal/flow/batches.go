package flow

import (
	"runtime"
	"sync"
)

// batches runs items in batches. What comes while as many batches as may run at once do waits, and the
// next batch takes it: no item waits for others to come.
type batches[T any] struct {
	mu      sync.Mutex
	waiting []T
	running int
}

// add runs an item in a batch and does not wait for it. take splits what waits into the next batch and
// what is left.
func (b *batches[T]) add(item T, atOnce int, take func([]T) (batch, left []T), run func([]T)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, item)
	if b.running < atOnce {
		b.running++
		go b.run(take, run)
	}
}

// run runs batches until nothing waits.
func (b *batches[T]) run(take func([]T) (batch, left []T), run func([]T)) {
	for {
		runtime.Gosched() // items that are about to be added come first
		b.mu.Lock()
		batch, left := take(b.waiting)
		b.waiting = left
		if len(batch) == 0 {
			b.running--
		}
		b.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		run(batch)
	}
}
