package main

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// attacks are the tests to run, by the folder of their package.
type attacks map[string][]string

// marker begins the lines of figures in the logs of tests.
const marker = "security-count:"

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// discover finds the test files below root that log figures.
func discover(root fs.FS) (attacks, error) {
	found := attacks{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if hidden := strings.HasPrefix(entry.Name(), ".") && name != "."; entry.IsDir() && (hidden || name == "tools") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, "_test.go") || path.Dir(name) == self {
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil || !strings.Contains(string(source), marker) {
			return err
		}
		for _, test := range testFunction.FindAllSubmatch(source, -1) {
			found[path.Dir(name)] = append(found[path.Dir(name)], string(test[1]))
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = errors.New("no test logs a line \"" + marker + "\"; run it in the root of the repository")
	}
	return found, err
}

// self is the folder of this program, whose tests write such lines without being meant.
const self = "internal/cmd/security"

// pattern matches the names of the tests.
func (a attacks) pattern() string {
	names := slices.Concat(slices.Collect(maps.Values(a))...)
	slices.Sort(names)
	return "^(" + strings.Join(slices.Compact(names), "|") + ")$"
}

// packages are the packages of the tests, as go test takes them.
func (a attacks) packages() []string {
	var packages []string
	for _, folder := range slices.Sorted(maps.Keys(a)) {
		packages = append(packages, "./"+folder)
	}
	return packages
}
