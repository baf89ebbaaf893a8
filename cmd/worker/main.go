// Command worker runs the background work of the onboarding and its maintenance.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/alwrity/onboarding/internal/cmd/worker"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := worker.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
