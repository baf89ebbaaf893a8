package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestUserID is what the database accepts, in characters.
const longestUserID = 255

var errNoUserID = fmt.Errorf("is no user id: it must have 1 to %d characters, and no control characters", longestUserID)

// checkUserID returns errNoUserID if no user can have the id.
func checkUserID(id string) error {
	length := utf8.RuneCountInString(id)
	if length < 1 || length > longestUserID || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) {
		return errNoUserID
	}
	return nil
}

// unique returns each id once, in their order.
func unique(ids []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(ids, func(id string) bool {
		again := seen[id]
		seen[id] = true
		return again
	})
}

// readUsers reads the ids of a file, of stdin if its name is "-". One invalid line
// is an error.
func readUsers(ctx context.Context, name string, stdin io.Reader) ([]string, error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("read the users: %w", err)
		}
		defer func() { _ = file.Close() }() // it was only read
		return parseIDs(file)
	}
	type result struct {
		ids []string
		err error
	}
	read := make(chan result, 1) // reading from a terminal can't be interrupted
	go func() {
		ids, err := parseIDs(stdin)
		read <- result{ids, err}
	}()
	select {
	case <-ctx.Done():
		return nil, errors.New("interrupted; nothing was done")
	case r := <-read:
		return r.ids, r.err
	}
}

// parseIDs reads one id from each line. It skips blank lines and comments.
func parseIDs(r io.Reader) ([]string, error) {
	var ids []string
	lines := bufio.NewScanner(r)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff")) // the byte order mark of some editors
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := checkUserID(line); err != nil {
			return nil, fmt.Errorf("line %d of the users %w", n, err)
		}
		ids = append(ids, line)
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d of the users %w", n+1, errNoUserID)
	case err != nil:
		return nil, fmt.Errorf("read the users: %w", err)
	}
	return unique(ids), nil
}
