// Command eval measures the quality of the text extraction, of the website analysis, of
// the personas and of the voice score on folders of pages.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
)

// commands are the subcommands by name.
var commands = map[string]func(ctx context.Context, args []string, stdout io.Writer) error{
	"extraction": runExtraction,
	"analysis":   runAnalysis,
	"personas":   runPersonas,
	"sites":      runSites,
	"voice":      runVoice,
	"pages":      runPages,
	"train":      runTrain,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return errors.New("say what to measure: eval extraction -articles DIR, eval analysis|personas -sites DIR,DIR, " +
			"eval sites -sites DIR -truth FILE, eval voice|pages|train -pages DIR")
	}
	return commands[args[0]](ctx, args[1:], stdout)
}

// openFolder opens a folder that the command line names.
func openFolder(name string) (fs.FS, error) {
	info, err := os.Stat(name) //nolint:gosec // the caller may read it
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir():
		return nil, fmt.Errorf("there is no folder %s", name)
	case err != nil:
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	return os.DirFS(name), nil
}
