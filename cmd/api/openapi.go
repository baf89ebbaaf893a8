package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/alwrity/onboarding/internal/httpapi"
)

// openAPICommand prints what GET /openapi.json answers, without a database.
func openAPICommand(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("openapi", flag.ContinueOnError)
	flags.Usage = func() {
		_, _ = fmt.Fprint(flags.Output(), "Usage: api openapi\n\nPrints the OpenAPI 3.1 document that GET /openapi.json answers. It needs no settings and no database.\n")
	}
	if err := parse(flags, args, stdout, stderr); err != nil {
		return err
	}
	document, err := httpapi.Document()
	if err != nil {
		return err
	}
	_, err = stdout.Write(append(document, '\n'))
	return err
}
