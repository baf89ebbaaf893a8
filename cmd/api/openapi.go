package main

import (
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/httpapi"
)

func openAPICommand() *cobra.Command {
	return &cobra.Command{
		Use: "openapi", Short: "print the description of the API: OpenAPI 3.1 in JSON", Args: cli.NoArgs,
		Long: "Prints the OpenAPI 3.1 document that GET /openapi.json answers. It needs no settings and no database.",
		RunE: func(c *cobra.Command, _ []string) error {
			document, err := httpapi.Document()
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(append(document, '\n'))
			return err
		},
	}
}
