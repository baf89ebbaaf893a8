// Command licenses checks the licences of the modules that programs link against a list of those that are accepted.
//
// It reads them from the programs' bills of materials (CycloneDX, in JSON).
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
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
		return errors.New("name the bills of materials: licenses FILE [FILE]")
	}
	accepted, err := readAccepted(*list)
	if err != nil {
		return err
	}
	counts, refused := map[string]int{}, []string{}
	for _, path := range flags.Args() {
		components, err := readComponents(path)
		if err != nil {
			return err
		}
		for _, c := range components {
			license := accepted.licenseOf(c)
			if counts[license]++; !accepted.licenses[license] {
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

// accepted are the licences that a program may link.
type accepted struct {
	// licenses are SPDX ids; read has those that a person read, by module.
	licenses map[string]bool
	read     map[string]string
}

// readAccepted reads lines of "allow LICENCE" and "read MODULE LICENCE".
func readAccepted(path string) (accepted, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return accepted{}, err
	}
	a := accepted{licenses: map[string]bool{}, read: map[string]string{}}
	for line := range strings.Lines(string(content)) {
		line, _, _ = strings.Cut(line, "#")
		switch fields := strings.Fields(line); {
		case len(fields) == 0:
		case len(fields) == 2 && fields[0] == "allow":
			a.licenses[fields[1]] = true
		case len(fields) == 3 && fields[0] == "read":
			a.read[fields[1]] = fields[2]
		default:
			return accepted{}, fmt.Errorf("read %s: the line %q is neither \"allow LICENCE\" nor \"read MODULE LICENCE\"",
				path, strings.TrimSpace(line))
		}
	}
	return a, nil
}

// component is a module of a bill of materials.
type component struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Licenses []struct {
		License struct {
			ID string `json:"id"`
		} `json:"license"`
		Expression string `json:"expression"`
	} `json:"licenses"`
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
