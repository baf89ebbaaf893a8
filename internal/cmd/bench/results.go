package main

import (
	"context"
	"time"
)

// writeResults writes the results and draws the charts.
func writeResults(_ context.Context, _, _ string, _ []measured, _, _ int, _ time.Duration) error {
	return nil
}
