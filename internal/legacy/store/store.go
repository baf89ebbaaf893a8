// Package store reads what ALwrity's former back end has stored: its shared database, its folder of one SQLite database
// for each user, and its older JSON files.
package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Row is a row of one of Tables. Columns are its values as text, JSON as it is stored; null is left out. A row of a
// JSON file has its columns from the data of a step.
type Row struct {
	Table   string
	Columns map[string]string
}

// User is what is stored of one user.
type User struct {
	ID   string
	Rows []Row
	// Skipped are the numbers of the steps that the user has skipped.
	Skipped []int
}

// Refusal says why rows belong to no user.
type Refusal struct {
	Table string
	// Where names the rows: a session's id, a user's id or a file.
	Where string
	Rows  int
	// Code is stable, Reason a sentence.
	Code, Reason string
}

// Take is called with each user in turn. An error ends the reading.
type Take func(context.Context, User) error

// Refuse is called with rows that belong to no user.
type Refuse func(Refusal)

// Store is a store of the former back end, opened for reading.
type Store interface {
	// Kind is postgres, sqlite, workspace or json.
	Kind() string
	// Users is how many users the store is expected to have.
	Users() int
	// Rows counts the rows of each table, apart from Each. It is complete once Each has returned.
	Rows() map[string]int
	// Unknown lists the columns that Columns lacks, as table.column.
	Unknown() []string
	// Each reads the users one after the other. Only ids are held in memory, and the documents of the users of one batch.
	Each(ctx context.Context, take Take, refuse Refuse) error
	Close() error
}

// Options say how a store is read.
type Options struct {
	// Batch is how many users are read at a time.
	Batch int
	// Known are ids of users that the store itself may not name.
	Known []string
}

// Open finds out what is at an address (a postgres or sqlite URL, a file or a folder) and opens it.
func Open(ctx context.Context, from string, o Options) (Store, error) {
	switch scheme, rest, _ := strings.Cut(from, "://"); {
	case strings.HasPrefix(scheme, "postgres"):
		return openPostgres(ctx, "postgres://"+rest, o)
	case scheme == "sqlite":
		from = strings.TrimPrefix(rest, "/") // sqlite:///relative.db and sqlite:////absolute.db
	}
	info, err := os.Stat(from)
	if err != nil {
		return nil, fmt.Errorf("open the former store: %w", err)
	}
	if !info.IsDir() {
		if strings.HasPrefix(filepath.Base(from), progressPrefix) {
			return openProgress([]string{from}, o), nil
		}
		return openSQLite(ctx, from, o)
	}
	return openFolder(from, o)
}

var errNoStore = errors.New("holds neither folders workspace_… with databases nor files " + progressPrefix + "….json")

func openFolder(from string, o Options) (Store, error) {
	folders, err := workspaces(from)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(globbed(from), progressPrefix+"*.json"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("list the JSON files: %w", err)
	case len(folders) > 0 && len(files) > 0:
		return nil, fmt.Errorf("%s holds two stores: name the folder of one of them alone", from)
	case len(folders) > 0:
		return &workspace{folders: folders, options: o, rows: map[string]int{}}, nil
	case len(files) > 0:
		return openProgress(files, o), nil
	}
	return nil, fmt.Errorf("%s %w", from, errNoStore)
}

// globbed returns a path whose characters mean themselves in a pattern.
func globbed(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// HashedID is the session id under which the former back end stores analyses and preferences of a user.
func HashedID(userID string) uint32 {
	const most = 1<<31 - 1
	sum := sha256.Sum256([]byte(userID))
	return binary.BigEndian.Uint32(sum[:4]) % most
}

// longestID is what the database accepts, in characters.
const longestID = 255

// isUserID reports whether a user can have the id.
func isUserID(id string) bool {
	return id != "" && utf8.ValidString(id) && utf8.RuneCountInString(id) <= longestID &&
		!strings.ContainsFunc(id, unicode.IsControl) && strings.TrimSpace(id) != ""
}

// fileID is the part of a file's name that the former back end makes of a user's id: in names of folders it leaves
// other characters out, in names of JSON files it writes replacement for them.
func fileID(userID, replacement string) string {
	var b strings.Builder
	for _, r := range userID {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || r == '-' || r == '_' {
			b.WriteRune(r)
		} else {
			b.WriteString(replacement)
		}
	}
	return b.String()
}
