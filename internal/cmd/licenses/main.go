// Command licenses checks the licences of the modules that programs link, and of the packages that tools use, against a
// list of those that are accepted.
//
// It reads them from the programs' bills of materials (CycloneDX, in JSON) and from lock files of npm, which must pin
// every package.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("licenses", flag.ContinueOnError)
	list := flags.String("list", "tools/licenses.txt", "file of the accepted licences")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name the bills of materials and lock files: licenses FILE [FILE]")
	}
	accepted, err := readAccepted(*list)
	if err != nil {
		return err
	}
	counts, refused := map[string]int{}, []string{}
	for _, path := range flags.Args() {
		read, allowed := readComponents, accepted.linked
		if filepath.Base(path) == lockFile {
			read, allowed = readLock, accepted.used
		}
		components, err := read(path)
		if err != nil {
			return err
		}
		for _, c := range components {
			license := accepted.licenseOf(c)
			if counts[license]++; !allowed.accept(license) {
				refused = append(refused, fmt.Sprintf("%s %s: %s", c.Name, c.Version, license))
			}
		}
	}
	for _, license := range slices.Sorted(maps.Keys(counts)) {
		if _, err := fmt.Fprintf(stdout, "%5d  %s\n", counts[license], license); err != nil {
			return err
		}
	}
	if len(refused) > 0 {
		slices.Sort(refused)
		return fmt.Errorf("not accepted by %s:\n%s", *list, strings.Join(slices.Compact(refused), "\n"))
	}
	return nil
}

// accepted are the licences of what programs may link and of what tools may use, which is not shipped; read has those
// that a person read, by module.
type accepted struct {
	linked, used licences
	read         map[string]string
}

// licences are SPDX ids.
type licences map[string]bool

// accept reports whether an SPDX expression without brackets inside can be fulfilled.
func (l licences) accept(expression string) bool {
	expression = strings.Trim(expression, "()")
	if either := strings.Split(expression, " OR "); len(either) > 1 {
		return slices.ContainsFunc(either, l.accept)
	}
	for _, id := range strings.Split(expression, " AND ") {
		if !l[id] {
			return false
		}
	}
	return true
}

// readAccepted reads lines of "allow LICENCE", "tools LICENCE" and "read MODULE LICENCE".
func readAccepted(path string) (accepted, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return accepted{}, err
	}
	a := accepted{linked: licences{}, used: licences{}, read: map[string]string{}}
	for line := range strings.Lines(string(content)) {
		line, _, _ = strings.Cut(line, "#")
		switch fields := strings.Fields(line); {
		case len(fields) == 0:
		case len(fields) == 2 && fields[0] == "allow":
			a.linked[fields[1]], a.used[fields[1]] = true, true
		case len(fields) == 2 && fields[0] == "tools":
			a.used[fields[1]] = true
		case len(fields) == 3 && fields[0] == "read":
			a.read[fields[1]] = fields[2]
		default:
			return accepted{}, fmt.Errorf("read %s: the line %q does not say what is allowed: allow LICENCE, "+
				"tools LICENCE or read MODULE LICENCE", path, strings.TrimSpace(line))
		}
	}
	return a, nil
}

// component is a module of a bill of materials.
type component struct {
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	Licenses []license `json:"licenses"`
}

// license is an SPDX id or an expression of such.
type license struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
	Expression string `json:"expression"`
}

func readComponents(path string) ([]component, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var bill struct {
		Components []component `json:"components"`
	}
	if err := json.Unmarshal(content, &bill); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(bill.Components) == 0 {
		return nil, fmt.Errorf("read %s: it lists no components", path)
	}
	return bill.Components, nil
}

// licenseOf returns the licences of a component, joined by "AND"; "unknown" for none.
func (a accepted) licenseOf(c component) string {
	var ids []string
	for _, l := range c.Licenses {
		ids = append(ids, l.License.ID+l.Expression)
	}
	switch {
	case len(ids) > 0:
		return strings.Join(ids, " AND ")
	case a.read[c.Name] != "":
		return a.read[c.Name]
	}
	return "unknown"
}
