package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/alwrity/onboarding/internal/config"
)

const fingerprintUsage = `Usage: worker fingerprint USER...

Prints what the logs and traces name users by, one on a line: the id, a tab, and the
fingerprint, which the key ring makes. It reads the ring and asks no database.
`

// Fingerprint runs "worker fingerprint".
func Fingerprint(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	users, err := parseWords("fingerprint", args, math.MaxInt)
	if err == nil && len(users) == 0 {
		err = errors.New("name a user")
	}
	if err != nil {
		return usage(err, fingerprintUsage, stdout, stderr)
	}
	cfg, err := config.LoadWorker(config.Options{})
	if err != nil {
		return err
	}
	ring, err := openRing(ctx, cfg.Seal, false)
	if err != nil {
		return err
	}
	for _, user := range users {
		if _, err := fmt.Fprintf(stdout, "%s\t%s\n", user, ring.Fingerprint([]byte(user))); err != nil {
			return fmt.Errorf("print fingerprints: %w", err)
		}
	}
	return nil
}
