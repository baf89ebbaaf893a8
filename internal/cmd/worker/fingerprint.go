package worker

import (
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/config"
)

func fingerprintCommand() *cobra.Command {
	return &cobra.Command{
		Use: "fingerprint USER...", Short: "print the names of users in the logs",
		Args: cli.Args(1, math.MaxInt, "name a user"),
		Long: `Prints the names of users in logs and traces, one on a line: the id, a tab, and the
fingerprint, which is made with the key ring. It reads the ring and no database.`,
		RunE: withSettings(config.LoadWorker, func(c *cobra.Command, cfg config.Worker) error {
			ring, err := openRing(c.Context(), cfg.Seal, nil)
			if err != nil {
				return err
			}
			for _, user := range c.Flags().Args() {
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%s\t%s\n", user, ring.Fingerprint([]byte(user))); err != nil {
					return fmt.Errorf("print fingerprints: %w", err)
				}
			}
			return nil
		}),
	}
}
