package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// NoArgs accepts no arguments.
var NoArgs = Args(0, 0, "")

// Args accepts from least to most arguments. When there are fewer, missing says what
// is expected.
func Args(least, most int, missing string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return errors.New(missing)
		case len(args) > most:
			return fmt.Errorf("%s takes no argument %q", c.CommandPath(), args[most])
		}
		return nil
	}
}

// Group returns parent with commands. A parent that does nothing itself needs the name
// of one of them, except the program, which prints its help.
func Group(parent *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	parent.AddCommand(commands...)
	needsName := parent.RunE == nil
	parent.Args = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) > 0:
			return fmt.Errorf("unknown command %q for %q%s", args[0], c.CommandPath(), didYouMean(c, args[0]))
		case needsName && c.HasParent():
			var names []string
			for _, command := range c.Commands() {
				names = append(names, command.Name())
			}
			return fmt.Errorf("name a command: %s", strings.Join(names, ", "))
		}
		return nil
	}
	if needsName {
		parent.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	return parent
}

func didYouMean(c *cobra.Command, typed string) string {
	c.SuggestionsMinimumDistance = 2
	suggestions := c.SuggestionsFor(typed)
	if len(suggestions) == 0 {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", strings.Join(suggestions, " or "))
}

// flagError adds the flags that an unknown one resembles to err.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	flags := &cobra.Command{}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		flags.AddCommand(&cobra.Command{Use: "--" + f.Name, Run: func(*cobra.Command, []string) {}})
	})
	return fmt.Errorf("%w%s", err, didYouMean(flags, "--"+unknown.GetSpecifiedName()))
}
