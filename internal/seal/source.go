package seal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/tink-crypto/tink-go/v2/tink"
)

// KEK is a key encryption key, kept by a KMS.
type KEK = tink.AEADWithContext

// kmsTimeout bounds the calls to a KMS for one ring, retries included.
const kmsTimeout = 30 * time.Second

// Source says where a ring is. Value wins over File.
type Source struct {
	// File is a regular file of the mode 0600 or 0400 that holds the JSON document.
	File string
	// Value is the document itself, or its Base64.
	Value string
	// KEK is the key that the keysets are encrypted under; nil means that they are in the clear.
	KEK KEK
}

// maxRingBytes bounds what is read as a ring; ten keys take about 3 kB.
const maxRingBytes = 1 << 20

// Load reads a ring. Errors say what to do and never quote the ring.
func Load(ctx context.Context, from Source) (*Ring, error) {
	content := []byte(from.Value)
	switch {
	case from.Value != "":
	case from.File == "":
		return nil, errors.New("no key ring is named: set SEAL_KEYS_FILE or SEAL_KEYS")
	default:
		var err error
		if content, err = readFile(from.File); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, kmsTimeout)
	defer cancel()
	return decode(ctx, content, from.KEK)
}

// LoadOrCreate reads a ring, and creates the file first if it is missing, unless inUse reports that something is
// stored that the missing ring has sealed. Processes that do so at once end up with the same ring.
func LoadOrCreate(ctx context.Context, from Source, inUse func(context.Context) bool) (*Ring, error) {
	ring, err := Load(ctx, from)
	if from.Value != "" || !errors.Is(err, fs.ErrNotExist) {
		return ring, err
	}
	if inUse(ctx) {
		return nil, fmt.Errorf("the database holds API keys that are sealed, and %w", err)
	}
	if err := Create(ctx, from.File, from.KEK); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return Load(ctx, from)
}

// missingError says what to do without a ring.
type missingError struct{ path string }

func (e *missingError) Error() string {
	return fmt.Sprintf("the key ring %s is missing: put it back from your copy; if it is lost, or there never was one, "+
		"make one with `worker keys create %s`, which can't open what another has sealed", e.path, e.path)
}

func (e *missingError) Unwrap() error { return fs.ErrNotExist }

// readFile returns the content of a file that only its owner can read.
func readFile(path string) ([]byte, error) {
	// Without O_NONBLOCK the opening of a pipe waits for its writer.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &missingError{path}
	}
	if err != nil {
		return nil, fmt.Errorf("open the key ring: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("open the key ring: %w", err)
	}
	mode := info.Mode()
	switch {
	case !mode.IsRegular():
		return nil, fmt.Errorf("the key ring %s is not a regular file", path)
	case mode.Perm() != 0o600 && mode.Perm() != 0o400:
		return nil,
			fmt.Errorf("the key ring %s has the mode %#o, others might read it: run `chmod 600 %s`", path, mode.Perm(), path)
	case info.Size() > maxRingBytes:
		return nil, fmt.Errorf("the key ring %s is too large to be one", path)
	}
	content, err := io.ReadAll(io.LimitReader(file, maxRingBytes))
	if err != nil {
		return nil, fmt.Errorf("read the key ring: %w", err)
	}
	return content, nil
}
