package main

import (
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
)

// attached is what "dev attach" prints: one line of JSON.
type attached struct {
	API  string `json:"api"`  // address with the scheme
	Site string `json:"site"` // address of the website
	Logs string `json:"logs"` // folder of the programs' logs
	// Tokens are valid for 24 hours, by user.
	Tokens map[string]string `json:"tokens"`
	// Keys are API keys that the providers' servers accept, by provider.
	Keys map[string]string `json:"keys"`
}

// attachCommand is for programs that drive the API: whatever ends them closes the pipe.
func attachCommand() *cobra.Command {
	var users, folder string
	c := &cobra.Command{
		Use: "attach", Short: "for programs: start everything on free ports until the standard input ends", Args: cli.NoArgs,
		Long: `Starts everything on free ports, beside other stacks, with servers in the place of the
model providers and of Exa. Prints the addresses, tokens of the users and API keys as one
line of JSON, and stops when its standard input ends.`,
		RunE: func(c *cobra.Command, _ []string) error { return runAttach(c, strings.Split(users, ","), folder) },
	}
	c.Flags().StringVar(&users, "users", runUser, "print tokens of these `USERS`, separated by commas")
	c.Flags().StringVar(&folder, "dir", filepath.Join(dataDir(), "attach"), "keep the data in this `FOLDER`")
	return c
}

func runAttach(c *cobra.Command, users []string, folder string) error {
	models, err := startModels(nil)
	if err != nil {
		return err
	}
	defer models.stop()
	search := startSearch()
	defer search.Close()
	settings := models.settings()
	settings["SEARCH_EXA_URL"] = search.URL
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, c.InOrStdin())
		cancel()
	}()
	l := layout{folder: folder, logs: folder, apiAddress: "127.0.0.1:0", settings: settings, log: c.ErrOrStderr()}
	return withStack(ctx, l, func(ctx context.Context, s *stack) error {
		err := s.announce(ctx, users, c.OutOrStdout())
		if err == nil {
			<-ctx.Done()
		}
		return err
	})
}

// announce prints where everything is.
func (s *stack) announce(ctx context.Context, users []string, stdout io.Writer) error {
	tokens := make(map[string]string, len(users))
	for _, user := range users {
		token, err := s.token(ctx, "-user", user)
		if err != nil {
			return err
		}
		tokens[user] = token
	}
	return json.NewEncoder(stdout).Encode(attached{
		API: "http://" + s.api, Site: s.siteURL, Logs: s.logs, Tokens: tokens,
		Keys: map[string]string{"openai": demoOpenAIKey, "anthropic": demoAnthropicKey, "exa": demoExaKey},
	})
}
