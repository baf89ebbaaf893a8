package maintext

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the model is part of the program
	"encoding/gob"
	"fmt"
	"io"
	"sync"

	"github.com/alwrity/onboarding/internal/trees"
)

// Model is what is learned from pages whose type and main text are known.
type Model struct {
	// Types tell each type of Types from the others, by the page's features; TypeWords by its words.
	Types     []trees.Model
	TypeWords []Words
	// Blocks tell main text from other text by the block's features, BlockWords by its words.
	Blocks     trees.Model
	BlockWords Words
	// TypeF1 is the mean F1 of the pages of each type, measured on pages of other hosts; nil where it was not measured.
	TypeF1 []float64
}

// packed is the model that internal/cmd/eval has trained; model.json says from what.
//
//go:embed model.gob.gz
var packed []byte

// builtIn returns the model in packed; a test holds that it can be read.
var builtIn = sync.OnceValue(func() *Model {
	m, err := Decode(packed)
	if err != nil {
		panic(err)
	}
	return m
})

// Encode writes a model as a compressed file. Equal models are equal files.
func (m *Model) Encode(to io.Writer) error {
	zip, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	if err := gob.NewEncoder(zip).Encode(m); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	if err := zip.Close(); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	return nil
}

// Decode reads what Encode wrote.
func Decode(file []byte) (*Model, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	var m Model
	if err := gob.NewDecoder(unzipped).Decode(&m); err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	return &m, nil
}
