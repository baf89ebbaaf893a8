// Command worker runs the background work of the onboarding and its maintenance.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alwrity/onboarding/internal/cmd/worker"
)

const help = `Usage: worker COMMAND [arguments]

Commands:
  run       work the queued jobs until it is stopped
  migrate   bring the database to this program's schema, or show where it is
  maintain  make partitions ahead and rebuild indexes; once a week
  check     verify a deployment, and print what to do about what is wrong
  doctor    find sessions whose rows contradict each other, and repair them
  report    print how far users come and how long they wait
  users     reset, retry, rebuild or delete many users
  bulk      the same by the running workers, with progress; list and cancel
  dead      list work that failed beyond what users can mend, and replay it
  analyze   print the analysis of a website, a file or a folder
  keys      create and change a key ring that API keys are sealed with
  rotate-keys
            seal the stored API keys anew with the primary key of the ring
  fingerprint
            print what the logs name a user by
  version   print the version

"worker COMMAND -h" tells more about a command.
`

// command runs one subcommand; its error goes through worker.Exit.
type command func(ctx context.Context, args []string, stdout, stderr io.Writer) error

var commands = map[string]command{
	"run":         worker.Run,
	"migrate":     worker.Migrate,
	"analyze":     worker.Analyze,
	"check":       worker.Check,
	"doctor":      worker.Doctor,
	"maintain":    worker.Maintain,
	"report":      worker.Report,
	"users":       worker.Users,
	"bulk":        worker.Bulk,
	"dead":        worker.Dead,
	"keys":        worker.Keys,
	"rotate-keys": worker.RotateKeys,
	"fingerprint": worker.Fingerprint,
	"version":     worker.Version,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(worker.Exit(err, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	name := "-h"
	if len(args) > 0 {
		name = args[0]
	}
	switch name {
	case "-h", "--help", "help":
		_, err := io.WriteString(stdout, help)
		return err
	}
	do, ok := commands[name]
	if !ok {
		_, _ = fmt.Fprintf(stderr, "Unknown command %q.\n\n%s", name, help)
		return worker.ErrUsage
	}
	return do(ctx, args[1:], stdout, stderr)
}
