package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/config"
)

// tokenCommand prints a token of the development issuer, which exists on a developer's
// machine only.
func tokenCommand(o config.Options) *cobra.Command {
	var (
		user  auth.User
		scope string
		ttl   time.Duration
	)
	c := &cobra.Command{
		Use: "token -user NAME", Short: "print a token of the development issuer",
		Long: "Prints a token that an API with DEPLOY_ENV=local and the same DATA_DIR accepts.",
		Args: cobra.MatchAll(cli.NoArgs, func(*cobra.Command, []string) error {
			if user.ID == "" || ttl <= 0 {
				return errors.New("api token needs -user and a positive -ttl")
			}
			return nil
		}),
		RunE: func(c *cobra.Command, _ []string) error {
			user.Scopes = strings.Fields(scope)
			token, err := mint(user, ttl, o)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), token)
			return err
		},
	}
	c.Flags().StringVar(&user.ID, "user", "", "the user's `name`, any text up to 255 characters (required)")
	c.Flags().StringVar(&user.Role, "role", "", "the `role`, admin for operators")
	c.Flags().StringVar(&user.Variant, "variant", "", "the `variant` of an experiment that the user takes part in")
	c.Flags().StringVar(&scope, "scope",
		"", "what other services may do with it, `scopes` with spaces between: inputs:read")
	c.Flags().DurationVar(&ttl, "ttl", 24*time.Hour, "how long the token is valid")
	return c
}

func mint(user auth.User, ttl time.Duration, o config.Options) (string, error) {
	cfg, err := config.LoadTool(o)
	if err != nil {
		return "", err
	}
	if cfg.Deploy != config.Local {
		return "", errors.New("tokens are minted on a developer's machine only: set DEPLOY_ENV=local")
	}
	issuer, err := auth.OpenDevIssuer(cfg.DataDir)
	if err != nil {
		return "", err
	}
	return issuer.Mint(user, ttl)
}
