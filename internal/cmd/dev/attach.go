package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
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

// runAttach is "dev attach": everything runs on free ports, beside other stacks, with
// servers in the place of the model providers and of Exa, until the standard input ends.
// It is for programs that drive the API: whatever ends them closes the pipe.
func runAttach(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (err error) {
	users, folder, goOn, err := parseAttach(args, stdout, stderr)
	if err != nil || !goOn {
		return err
	}
	models, err := startModels(nil)
	if err != nil {
		return err
	}
	defer models.stop()
	search, err := startSearch()
	if err != nil {
		return err
	}
	defer search.stop()
	settings := models.settings()
	settings["SEARCH_EXA_URL"] = search.url
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		cancel()
	}()
	s, working, err := start(ctx, layout{
		folder: folder, logs: folder, apiAddress: "127.0.0.1:0", settings: settings, log: stderr,
	})
	if err != nil {
		return err
	}
	if err = s.announce(working, users, stdout); err == nil {
		<-working.Done()
		if ctx.Err() == nil {
			err = context.Cause(working)
		}
	}
	return cmp.Or(err, s.stop())
}

// announce prints where everything is.
func (s *stack) announce(ctx context.Context, users []string, stdout io.Writer) error {
	tokens := make(map[string]string, len(users))
	for _, user := range users {
		token, err := s.token(ctx, user)
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

// parseAttach reads the users and the folder of the data. It returns false when
// only the help was asked for.
func parseAttach(args []string, stdout, stderr io.Writer) (users []string, folder string, goOn bool, err error) {
	flags := flag.NewFlagSet("attach", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	names := flags.String("users", runUser, "")
	flags.StringVar(&folder, "dir", filepath.Join(dataDir(), "attach"), "")
	err = flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, err = io.WriteString(stdout, help)
		return nil, "", false, err
	case err == nil && flags.NArg() == 0:
		return strings.Split(*names, ","), folder, true, nil
	case err == nil:
		err = fmt.Errorf("attach takes no argument %q", flags.Arg(0))
	}
	_, _ = fmt.Fprintf(stderr, "%v.\n\n%s", err, help)
	return nil, "", false, errUsage
}
