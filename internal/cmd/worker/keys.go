package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"text/tabwriter"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/kms"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/seal"
)

const keysUsage = `Usage: worker keys create|add|list FILE
       worker keys promote FILE [KEY]
       worker keys encrypt FILE NEWFILE
       worker keys drop [-unchecked] FILE [KEY ...]

Creates and changes a key ring: the keys that users' API keys are sealed with. The
primary key seals, all keys of the ring open. KEY is a number that list shows.

  create    make a new ring of one key; a file that exists is kept
  add       add a key that opens but does not seal yet
  promote   make KEY, or else the newest key, the primary one
  drop      remove KEYs, or else all that are older than the primary key; refused while
            a stored API key is sealed by one of them, looked up in DATABASE_URL
  list      show the keys of the ring, the oldest first
  encrypt   write a ring that is in the clear to NEWFILE, encrypted under SEAL_KMS_URI

Flags:
  -unchecked   of drop: don't look; what the keys sealed can then never be opened again

To rotate: add, give every process the new file and restart it, promote, do so again,
then run "worker rotate-keys", then drop. With SEAL_KMS_URI the ring is encrypted
under that key of a KMS. Keep a copy of the file apart from the database's backups:
without it the stored API keys are lost.
`

// Keys runs "worker keys".
func Keys(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	command, err := parseKeys(args)
	if err != nil {
		return usage(err, keysUsage, stdout, stderr)
	}
	if command.cfg, err = config.LoadKeys(config.Options{}); err != nil {
		return err
	}
	if command.kek, err = kms.Open(ctx, command.cfg.SealKMSURI); err != nil {
		return err
	}
	return command.do(&command, ctx, stdout)
}

// keysCommand is a command line of "worker keys".
type keysCommand struct {
	do        func(c *keysCommand, ctx context.Context, stdout io.Writer) error
	file      string
	newFile   string
	keys      []seal.KeyID
	unchecked bool
	cfg       config.Keys
	kek       seal.KEK
}

func parseKeys(args []string) (c keysCommand, err error) {
	flags := flag.NewFlagSet("keys", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	maxKeys := 0
	verb := flags.Arg(0)
	switch verb {
	case "create":
		c.do = (*keysCommand).create
	case "add":
		c.do = (*keysCommand).add
	case "list":
		c.do = (*keysCommand).list
	case "promote":
		c.do, maxKeys = (*keysCommand).promote, 1
	case "drop":
		c.do, maxKeys = (*keysCommand).drop, len(args)
		flags.BoolVar(&c.unchecked, "unchecked", false, "")
	case "encrypt":
		c.do = (*keysCommand).encrypt
	case "":
		return c, errors.New("worker keys needs one of create, add, promote, drop, list, encrypt")
	default:
		return c, fmt.Errorf("worker keys takes no argument %q", verb)
	}
	if err := flags.Parse(flags.Args()[1:]); err != nil {
		return c, err
	}
	words := flags.Args()
	if verb == "encrypt" && len(words) > 1 {
		c.newFile, words = words[1], slices.Concat(words[:1], words[2:])
	}
	return c, c.words(words, maxKeys, verb == "encrypt")
}

// words takes the file and at most maxKeys keys.
func (c *keysCommand) words(words []string, maxKeys int, needsNew bool) error {
	switch {
	case len(words) == 0:
		return errors.New("worker keys needs the file of the key ring")
	case needsNew && c.newFile == "":
		return errors.New("worker keys encrypt needs the file to write")
	case len(words)-1 > maxKeys:
		return fmt.Errorf("worker keys takes no argument %q", words[maxKeys+1])
	}
	c.file = words[0]
	for _, word := range words[1:] {
		id, err := seal.ParseKeyID(word)
		if err != nil {
			return err
		}
		c.keys = append(c.keys, id)
	}
	return nil
}

func (c *keysCommand) create(ctx context.Context, stdout io.Writer) error {
	err := seal.Create(ctx, c.file, c.kek)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists and is kept; a key ring that is in use must not be lost", c.file)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "keys: created %s; set SEAL_KEYS_FILE to it for every process, and keep a copy apart from the database's backups\n", c.file)
	return err
}

func (c *keysCommand) encrypt(ctx context.Context, stdout io.Writer) error {
	err := seal.Encrypt(ctx, c.file, c.newFile, c.kek)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists and is kept", c.newFile)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "keys: created %s; give it to every process together with SEAL_KMS_URI, then destroy %s\n", c.newFile, c.file)
	return err
}

func (c *keysCommand) add(ctx context.Context, stdout io.Writer) error {
	id, err := seal.Add(ctx, c.file, c.kek)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "keys: added %s; give every process the new ring before you promote it\n", id)
	return err
}

func (c *keysCommand) promote(ctx context.Context, stdout io.Writer) error {
	if len(c.keys) == 0 {
		ring, err := c.load(ctx)
		if err != nil {
			return err
		}
		all := ring.Keys()
		c.keys = []seal.KeyID{all[len(all)-1].ID}
	}
	if err := seal.Promote(ctx, c.file, c.kek, c.keys[0]); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "keys: %s is the primary key; give every process the new ring, then run `worker rotate-keys`\n", c.keys[0])
	return err
}

func (c *keysCommand) drop(ctx context.Context, stdout io.Writer) error {
	if len(c.keys) == 0 {
		ring, err := c.load(ctx)
		if err != nil {
			return err
		}
		if c.keys = olderThanPrimary(ring.Keys()); len(c.keys) == 0 {
			_, err := fmt.Fprintln(stdout, "keys: no key is older than the primary key; nothing to drop")
			return err
		}
	}
	if !c.unchecked {
		if err := c.checkUnused(ctx); err != nil {
			return err
		}
	}
	if err := seal.Drop(ctx, c.file, c.kek, c.keys...); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "keys: dropped %v\n", c.keys)
	return err
}

// checkUnused refuses to drop a key that a stored API key is sealed by.
func (c *keysCommand) checkUnused(ctx context.Context) error {
	if c.cfg.DatabaseURL == "" {
		return errors.New("set DATABASE_URL, so that no key is dropped that a stored API key needs, or give -unchecked")
	}
	pool, err := openSystem(ctx, c.cfg.DatabaseURL, "keys")
	if err != nil {
		return err
	}
	defer pool.Close()
	prefixes := make([][]byte, len(c.keys))
	for i, id := range c.keys {
		prefixes[i] = id.Prefix()
	}
	n, err := system.New(pool).CountKeysSealedBy(ctx, prefixes)
	switch {
	case err != nil:
		return fmt.Errorf("look for API keys that need the keys: %w", err)
	case n > 0:
		return fmt.Errorf("%s still sealed by the keys to drop: run `worker rotate-keys` first", are(int(n), "API key"))
	}
	return nil
}

func (c *keysCommand) list(ctx context.Context, stdout io.Writer) error {
	ring, err := c.load(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "KEY\tUSE")
	for _, key := range ring.Keys() {
		use := "opens"
		if key.Primary {
			use = "primary: seals and opens"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\n", key.ID, use)
	}
	return table.Flush()
}

func (c *keysCommand) load(ctx context.Context) (*seal.Ring, error) {
	return seal.Load(ctx, seal.Source{File: c.file, KEK: c.kek})
}

// olderThanPrimary returns the keys that were added before the primary one; a later
// one may be on its way to be promoted.
func olderThanPrimary(keys []seal.Key) []seal.KeyID {
	older := []seal.KeyID{}
	for _, key := range keys[:slices.IndexFunc(keys, func(k seal.Key) bool { return k.Primary })] {
		older = append(older, key.ID)
	}
	return older
}

// are returns "1 page is" or "3 pages are".
func are(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return plural(n, noun) + " are"
}
