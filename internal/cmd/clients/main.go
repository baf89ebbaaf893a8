// Command clients writes what the clients in Python and Go are made of from the OpenAPI document of the API.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
)

func main() {
	python := &cobra.Command{
		Use: "python", Short: "print a Python module: types and methods", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return convert(c, writePython) },
	}
	golang := &cobra.Command{
		Use: "go", Short: "print the methods of the Go client, one for each operation", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return convert(c, writeGo) },
	}
	oas30 := &cobra.Command{
		Use: "oas30", Short: "print the document as OpenAPI 3.0, for generators that read no other", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return convert(c, writeOAS30) },
	}
	root := cli.Group(&cobra.Command{
		Use: "clients COMMAND", Short: "Reads the OpenAPI 3.1 document that `api openapi` prints.",
	}, python, golang, oas30)
	os.Exit(cli.Run(context.Background(), root, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// convert reads the document from the standard input.
func convert(c *cobra.Command, write func(io.Writer, []byte) error) error {
	content, err := io.ReadAll(c.InOrStdin())
	if err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	if !json.Valid(content) {
		return errors.New("the standard input is no JSON: pipe in what `api openapi` prints")
	}
	return write(c.OutOrStdout(), content)
}
