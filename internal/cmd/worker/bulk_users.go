package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestUserID is what the database accepts, in characters.
const longestUserID = 255

var errNoUserID = fmt.Errorf("is no user id: it must have 1 to %d characters, none of them a control character", longestUserID)

// userList collects user ids, each once, in their order.
type userList struct {
	ids  []string
	seen map[string]bool
}

// add adds an id, or returns errNoUserID if no user can have it.
func (l *userList) add(id string) error {
	if id == "" || !utf8.ValidString(id) || utf8.RuneCountInString(id) > longestUserID || strings.ContainsFunc(id, unicode.IsControl) {
		return errNoUserID
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	if !l.seen[id] {
		l.seen[id] = true
		l.ids = append(l.ids, id)
	}
	return nil
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
	var list userList
	lines := bufio.NewScanner(r)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff")) // the byte order mark of some editors
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := list.add(line); err != nil {
			return nil, fmt.Errorf("line %d of the users %w", n, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d of the users %w", n+1, errNoUserID)
	case err != nil:
		return nil, fmt.Errorf("read the users: %w", err)
	}
	return list.ids, nil
}
