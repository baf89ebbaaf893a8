package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// maxEnvBytes bounds the .env file that is rewritten.
const maxEnvBytes = 1 << 20

var (
	envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// plainValue needs no quotes in a shell nor in the readers of .env files.
	plainValue = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=-]*$`)
)

// WriteEnv sets name to value in the .env file at path, which is created if it is
// missing: the last assignment of name is replaced in its place, earlier ones are
// removed, every other line stays byte for byte. A value that would not survive
// every reader of such files is refused; the error names the reason, never the value.
//
// The file is replaced as a whole and has the mode 0600 then; where path is a
// symbolic link, its target is. Calls at once follow one another, in other processes
// too.
func WriteEnv(path, name, value string) error {
	if !envName.MatchString(name) {
		return fmt.Errorf("write %s: %q is not the name of a variable", path, name)
	}
	quoted, err := quoteEnv(value)
	if err != nil {
		return fmt.Errorf("write %s in %s: %w", name, path, err)
	}
	return changeEnv(path, func(content []byte) ([]byte, error) { return setEnv(content, name, &quoted) })
}

// RemoveEnv removes every assignment of name from the .env file at path, with the
// rules of WriteEnv. A file that is missing or does not assign name is left alone.
func RemoveEnv(path, name string) error {
	if !envName.MatchString(name) {
		return fmt.Errorf("remove from %s: %q is not the name of a variable", path, name)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return changeEnv(path, func(content []byte) ([]byte, error) { return setEnv(content, name, nil) })
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

// setEnv returns content with the last assignment of name replaced, or appended if
// there is none, and all others removed; nil removes all.
func setEnv(content []byte, name string, value *string) ([]byte, error) {
	assignment := regexp.MustCompile(`^\s*(export\s+)?` + name + `\s*=\s*`)
	lines := slices.Collect(bytes.Lines(content))
	var found []int
	for i, line := range lines {
		match := assignment.Find(line)
		if match == nil {
			continue
		}
		if isOpen(line[len(match):]) {
			return nil, fmt.Errorf("%s has a value of several lines there: remove it by hand", name)
		}
		found = append(found, i)
	}
	switch {
	case len(found) == 0 && value == nil:
		return content, nil
	case len(found) == 0:
		return appendLine(content, name+"="+*value), nil
	}
	last := found[len(found)-1]
	if value != nil {
		line := lines[last]
		export := assignment.FindSubmatch(line)[1]
		end := line[len(bytes.TrimRight(line, "\r\n")):]
		lines[last] = slices.Concat(export, []byte(name+"="+*value), end)
		found = found[:len(found)-1]
	}
	for _, i := range found {
		lines[i] = nil
	}
	return bytes.Join(lines, nil), nil
}

// isOpen reports whether a value begins with a quote that its line does not close.
func isOpen(value []byte) bool {
	if len(value) == 0 || (value[0] != '"' && value[0] != '\'') {
		return false
	}
	return bytes.IndexByte(value[1:], value[0]) < 0
}

func appendLine(content []byte, line string) []byte {
	if len(content) > 0 && !bytes.HasSuffix(content, []byte("\n")) {
		content = append(content, '\n')
	}
	return append(content, line+"\n"...)
}

// changeEnv rewrites the file under a lock on its folder.
func changeEnv(path string, do func([]byte) ([]byte, error)) error {
	target, err := targetOf(path)
	if err != nil {
		return fmt.Errorf("find %s: %w", path, err)
	}
	release, err := lockFolder(filepath.Dir(target))
	if err != nil {
		return fmt.Errorf("lock the folder of %s: %w", path, err)
	}
	defer release()
	content, err := readEnv(target)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	changed, err := do(bytes.Clone(content))
	if err != nil {
		return fmt.Errorf("change %s: %w", path, err)
	}
	if bytes.Equal(changed, content) && isPrivate(target) {
		return nil
	}
	if err := replaceFile(target, changed); err != nil {
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

// readEnv returns nothing for a file that is missing.
func readEnv(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > maxEnvBytes:
		return nil, errors.New("too large to be a .env file")
	}
	return os.ReadFile(path) //nolint:gosec // the operator names the file
}

func isPrivate(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm() == 0o600
}

// replaceFile puts a whole new file of the mode 0600 in the place of path.
func replaceFile(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone already after the renaming
	_, err = temp.Write(content)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// lockFolder waits until no other process changes files in the folder. The lock ends
// with the process at the latest.
func lockFolder(path string) (release func(), err error) {
	folder, err := os.Open(path) //nolint:gosec // the folder of the operator's file
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return func() { _ = folder.Close() }, nil
}
