package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/config"
)

//nolint:gosec // a help text, not a credential
const tokenHelp = `Usage: api token -user NAME [-ttl 24h] [-role ROLE] [-scope SCOPES]

Prints a token that an API with DEPLOY_ENV=local and the same DATA_DIR accepts.

`

// tokenCommand prints a token of the development issuer, which only exists on a
// developer's machine.
func tokenCommand(args []string, o config.Options, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("token", flag.ContinueOnError)
	flags.Usage = func() {
		_, _ = io.WriteString(flags.Output(), tokenHelp)
		flags.PrintDefaults()
	}
	var user auth.User
	flags.StringVar(&user.ID, "user", "", "the user's `name`, any text up to 255 characters (required)")
	flags.StringVar(&user.Role, "role", "", "the `role`, admin for operators")
	scope := flags.String("scope", "", "what other services may do with it, `scopes` with spaces between: inputs:read")
	ttl := flags.Duration("ttl", 24*time.Hour, "how long the token is valid")
	if err := parse(flags, args, stdout, stderr); err != nil {
		return err
	}
	if user.ID == "" || *ttl <= 0 {
		_, _ = io.WriteString(stderr, "api token needs -user and a positive -ttl.\n\n"+tokenHelp)
		return errUsage
	}
	cfg, err := config.LoadTool(o)
	if err != nil {
		return err
	}
	if cfg.Deploy != config.Local {
		return errors.New("tokens are minted on a developer's machine only: set DEPLOY_ENV=local")
	}
	issuer, err := auth.OpenDevIssuer(cfg.DataDir)
	if err != nil {
		return err
	}
	user.Scopes = strings.Fields(*scope)
	token, err := issuer.Mint(user, *ttl)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, token)
	return err
}
