package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/privatefile"
)

// maxEnvBytes bounds the .env file that is rewritten.
const maxEnvBytes = 1 << 20

var (
	envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// plainValue needs no quotes in a shell nor in the readers of .env files.
	plainValue = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=-]*$`)
)

// WriteEnv sets name to value in the .env file at path for one owner, such as a user's id: the assignment stands
// below a comment with the owner's mark, in its old place if it has one, else at the end, where readers take it for
// the newest. Other owners' assignments of the name and all other lines stay byte for byte. A value that would not
// survive every reader of such files is refused; the error names the reason, never the value.
//
// The file is created if it is missing, replaced as a whole and has the mode 0600 then; where path is a symbolic link,
// its target is. Calls at once follow one another, in other processes too.
func WriteEnv(path, owner, name, value string) error {
	quoted, err := quoteEnv(value)
	if err != nil {
		return fmt.Errorf("write %s in %s: %w", name, path, err)
	}
	return changeEnv(path, owner, name, &quoted)
}

// RemoveEnv removes the owner's assignment of name from the .env file at path, with the rules of WriteEnv. A file
// that is missing or holds none is left alone.
func RemoveEnv(path, owner, name string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return changeEnv(path, owner, name, nil)
}

// quoteEnv puts value between single quotes where it needs some. What a shell or
// one of the common readers would change even there is refused.
func quoteEnv(value string) (string, error) {
	switch {
	case strings.ContainsAny(value, "\n\r\x00"):
		return "", errors.New("the value has more than one line")
	case plainValue.MatchString(value):
		return value, nil
	case strings.ContainsAny(value, `'\`) || strings.Contains(value, "${"):
		return "", errors.New("the value holds what not every reader of such files keeps: a single quote, a backslash or ${")
	}
	return "'" + value + "'", nil
}

// setEnv returns content with the owner's assignment of name replaced, appended if there is none, or removed if
// value is nil.
func setEnv(content []byte, owner, name string, value *string) []byte {
	lines := slices.Collect(bytes.Lines(content))
	mark, assigned := markOf(owner), []byte(name+"=")
	for i := 1; i < len(lines); i++ {
		if string(bytes.TrimRight(lines[i-1], "\r\n")) != mark || !bytes.HasPrefix(lines[i], assigned) {
			continue
		}
		if value == nil {
			return bytes.Join(slices.Delete(lines, i-1, i+1), nil)
		}
		end := lines[i][len(bytes.TrimRight(lines[i], "\r\n")):]
		lines[i] = slices.Concat(assigned, []byte(*value), end)
		return bytes.Join(lines, nil)
	}
	if value == nil {
		return content
	}
	if len(content) > 0 && !bytes.HasSuffix(content, []byte("\n")) {
		content = append(content, '\n')
	}
	return append(content, mark+"\n"+name+"="+*value+"\n"...)
}

// markOf is the comment above an owner's assignment.
func markOf(owner string) string {
	sum := sha256.Sum256([]byte(owner))
	return "# stored by the onboarding for user " + hex.EncodeToString(sum[:4])
}

// changeEnv rewrites the file under a lock on its folder, with the rules of setEnv.
func changeEnv(path, owner, name string, value *string) error {
	if !envName.MatchString(name) {
		return fmt.Errorf("change %s: %q is not the name of a variable", path, name)
	}
	target, err := targetOf(path)
	if err != nil {
		return fmt.Errorf("find %s: %w", path, err)
	}
	release, err := privatefile.LockFolder(target)
	if err != nil {
		return fmt.Errorf("lock the folder of %s: %w", path, err)
	}
	defer release()
	content, private, err := readEnv(target)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	changed := setEnv(bytes.Clone(content), owner, name, value)
	if private && bytes.Equal(changed, content) {
		return nil
	}
	if err := privatefile.Replace(target, changed); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// targetOf follows symbolic links to where a file is or, at the end of a dangling
// one, is to be.
func targetOf(path string) (string, error) {
	const maxLinks = 40 // what Linux follows
	for range maxLinks {
		next, err := os.Readlink(path)
		if err != nil { // not a link, or nothing there yet
			return path, nil //nolint:nilerr // the reading of the file tells what else is wrong
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	return "", errors.New("too many symbolic links")
}

// readEnv returns nothing for a file that is missing. private reports the mode 0600.
func readEnv(path string) (content []byte, private bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case !info.Mode().IsRegular():
		return nil, false, errors.New("not a regular file")
	case info.Size() > maxEnvBytes:
		return nil, false, errors.New("too large to be a .env file")
	}
	content, err = os.ReadFile(path) //nolint:gosec // the operator names the file
	return content, info.Mode().Perm() == 0o600, err
}
