package worker

import (
	"context"
	"fmt"
	"io"

	"github.com/alwrity/onboarding/internal/ops"
)

const versionUsage = `Usage: worker version

Prints the version of the program.
`

// Version runs "worker version".
func Version(_ context.Context, args []string, stdout, stderr io.Writer) error {
	if _, err := parseWords("version", args, 0); err != nil {
		return usage(err, versionUsage, stdout, stderr)
	}
	_, err := fmt.Fprintln(stdout, ops.Version())
	return err
}
