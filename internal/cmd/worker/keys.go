package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/worker/table"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/kms"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/seal"
)

// keysRun is one command line of "worker keys".
type keysRun struct {
	command   *cobra.Command
	ctx       context.Context //nolint:containedctx // lives as long as the command
	stdout    io.Writer
	cfg       config.Keys
	kek       seal.KEK
	file      string
	newFile   string
	keys      []seal.KeyID
	unchecked bool
}

// keysAction does what a subcommand is for, and returns the line to print, "" for none.
type keysAction func(*keysRun) (string, error)

func keysCommand() *cobra.Command {
	parent := &cobra.Command{
		Use: "keys COMMAND FILE", Short: "create and change a key ring that API keys are sealed with",
		Long: `Creates and changes a key ring: the keys that users' API keys are sealed with. The
primary key seals, all keys of the ring open. A KEY is a number that list shows.

To rotate: add, give every process the new file and restart it, promote, do so again,
then run ` + "`worker rotate-keys`" + `, then drop. With SEAL_KMS_URI the ring is encrypted
under that key of a KMS. Keep a copy of the file apart from the database's backups:
without it the stored API keys are lost.`,
	}
	drop, unchecked := keysVerb("drop FILE [KEY...]", "remove keys; -unchecked even if they are needed", math.MaxInt-1,
		(*keysRun).drop)
	drop.Long = `Removes KEYs, or else all that are older than the primary key. It refuses while a stored
API key is sealed by one of them, which it looks up in DATABASE_URL.`
	drop.Flags().BoolVar(unchecked, "unchecked", false, "don't look; what the keys sealed can then never be opened again")
	verbs := []*cobra.Command{drop}
	for _, verb := range []struct {
		use, short string
		mostKeys   int
		do         keysAction
	}{
		{"create FILE", "make a new ring of one key; a file that exists is kept", 0, (*keysRun).create},
		{"add FILE", "add a key that opens but does not seal yet", 0, (*keysRun).add},
		{"list FILE", "show the keys of the ring, the oldest first", 0, (*keysRun).list},
		{"promote FILE [KEY]", "make KEY, or else the newest key, the primary one", 1, (*keysRun).promote},
		{"encrypt FILE NEWFILE", "write an unencrypted ring to NEWFILE, encrypted under SEAL_KMS_URI", 0, (*keysRun).encrypt},
	} {
		c, _ := keysVerb(verb.use, verb.short, verb.mostKeys, verb.do)
		if c.Name() == "list" {
			c = table.WithJSON(c)
		}
		verbs = append(verbs, c)
	}
	return cli.Group(parent, verbs...)
}

// keysVerb returns a subcommand that takes a file, a second one if its use names it, and
// up to mostKeys keys, and where its flag -unchecked belongs.
func keysVerb(use, short string, mostKeys int, do keysAction) (c *cobra.Command, unchecked *bool) {
	run := &keysRun{}
	c = &cobra.Command{Use: use, Short: short}
	c.Args = func(c *cobra.Command, args []string) (err error) {
		files, missing := 1, " needs the file of the key ring"
		if strings.Contains(use, "NEWFILE") {
			files, missing = 2, missing+" and the file to write"
		}
		if err := cli.Args(files, files+mostKeys, c.CommandPath()+missing)(c, args); err != nil {
			return err
		}
		run.file, run.newFile = args[0], args[files-1]
		run.keys, err = parseAll(args[files:], seal.ParseKeyID)
		return err
	}
	c.RunE = func(c *cobra.Command, _ []string) (err error) {
		run.command, run.ctx, run.stdout = c, c.Context(), c.OutOrStdout()
		if run.cfg, err = config.LoadKeys(config.Options{}); err != nil {
			return err
		}
		if run.kek, err = kms.Open(run.ctx, run.cfg.SealKMSURI); err != nil {
			return err
		}
		line, err := do(run)
		if err == nil && line != "" {
			_, err = fmt.Fprintln(run.stdout, "keys: "+line)
		}
		return err
	}
	return c, &run.unchecked
}

func (r *keysRun) create() (string, error) {
	err := seal.Create(r.ctx, r.file, r.kek)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s exists and is kept; a key ring that is in use must not be lost", r.file)
	}
	return "created " + r.file +
		"; set SEAL_KEYS_FILE to it for every process; keep a copy apart from the database's backups", err
}

func (r *keysRun) encrypt() (string, error) {
	err := seal.Encrypt(r.ctx, r.file, r.newFile, r.kek)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s exists and is kept", r.newFile)
	}
	return fmt.Sprintf("created %s; give it and SEAL_KMS_URI to every process, then destroy %s", r.newFile, r.file), err
}

func (r *keysRun) add() (string, error) {
	id, err := seal.Add(r.ctx, r.file, r.kek)
	return fmt.Sprintf("added %s; give every process the new ring before you promote it", id), err
}

func (r *keysRun) promote() (string, error) {
	if len(r.keys) == 0 {
		all, err := r.ring()
		if err != nil {
			return "", err
		}
		r.keys = []seal.KeyID{all[len(all)-1].ID}
	}
	err := seal.Promote(r.ctx, r.file, r.kek, r.keys[0])
	return fmt.Sprintf("%s is primary; give every process the new ring, then run `worker rotate-keys`", r.keys[0]), err
}

func (r *keysRun) drop() (string, error) {
	if len(r.keys) == 0 {
		all, err := r.ring()
		if err != nil {
			return "", err
		}
		if r.keys = olderThanPrimary(all); len(r.keys) == 0 {
			return "no key is older than the primary key; nothing to drop", nil
		}
	}
	if !r.unchecked {
		if err := r.checkUnused(); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("dropped %v", r.keys), seal.Drop(r.ctx, r.file, r.kek, r.keys...)
}

// checkUnused returns an error if a stored API key is sealed by one of the keys to drop.
func (r *keysRun) checkUnused() error {
	if r.cfg.DatabaseURL == "" {
		return errors.New("set DATABASE_URL, so that no key is dropped that a stored API key needs, or give -unchecked")
	}
	pool, err := openSystem(r.ctx, r.cfg.Database, "keys")
	if err != nil {
		return err
	}
	defer pool.Close()
	prefixes := make([][]byte, len(r.keys))
	for i, id := range r.keys {
		prefixes[i] = id.Prefix()
	}
	n, err := system.New(pool).CountKeysSealedBy(r.ctx, prefixes)
	switch {
	case err != nil:
		return fmt.Errorf("look for API keys that need the keys: %w", err)
	case n > 0:
		return fmt.Errorf("%s still sealed by the keys to drop: run `worker rotate-keys` first", are(int(n), "API key"))
	}
	return nil
}

func (r *keysRun) list() (string, error) {
	all, err := r.ring()
	rows := [][]any{{"KEY", "USE"}}
	for _, key := range all {
		use := "opens"
		if key.Primary {
			use = "primary: seals and opens"
		}
		rows = append(rows, []any{key.ID, use})
	}
	if err == nil {
		err = table.Print(r.command, rows)
	}
	return "", err
}

// ring returns the keys of the ring, the oldest first.
func (r *keysRun) ring() ([]seal.Key, error) {
	ring, err := seal.Load(r.ctx, seal.Source{File: r.file, KEK: r.kek})
	if err != nil {
		return nil, err
	}
	return ring.Keys(), nil
}

// olderThanPrimary returns the keys that were added before the primary one. A later one
// may be waiting to be promoted.
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
