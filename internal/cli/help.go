package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// helpWidth is how many columns a help text takes.
const helpWidth = 88

// printHelp prints the help of a command: how it is called, what it does, its commands,
// flags and examples.
func printHelp(c *cobra.Command, _ []string) {
	var text strings.Builder
	_, _ = fmt.Fprintf(&text, "Usage: %s\n\n%s\n", c.UseLine(), strings.TrimSpace(cmp.Or(c.Long, c.Short)))
	if c.HasAvailableSubCommands() {
		text.WriteString("\nCommands:\n")
		for _, command := range c.Commands() {
			if command.IsAvailableCommand() {
				_, _ = fmt.Fprintf(&text, "  %-*s  %s\n", command.NamePadding(), command.Name(), command.Short)
			}
		}
		_, _ = fmt.Fprintf(&text, "\nRun `%s COMMAND -h` for the help of a command.\n", c.CommandPath())
	}
	if c.HasAvailableFlags() {
		text.WriteString("\nFlags, with one dash or two:\n" + c.Flags().FlagUsagesWrapped(helpWidth))
	}
	if c.Example != "" {
		text.WriteString("\nExamples:\n" + strings.TrimRight(c.Example, "\n") + "\n")
	}
	_, _ = io.WriteString(c.OutOrStdout(), text.String())
}
