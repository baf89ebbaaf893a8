package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// lockFile is the name of the files in which npm pins packages.
const lockFile = "package-lock.json"

// registry is where packages may come from. A lock file may also leave that to npm's settings.
const registry = "https://registry.npmjs.org/"

// lockedPackage is a package of a lock file.
type lockedPackage struct {
	Version      string            `json:"version"`
	Resolved     string            `json:"resolved"`
	Integrity    string            `json:"integrity"`
	License      string            `json:"license"`
	Dependencies map[string]string `json:"dependencies"`
	Development  map[string]string `json:"devDependencies"`
}

var (
	exactVersion = regexp.MustCompile(`^\d+\.\d+\.\d+(-[\w.]+)?$`)
	digest       = regexp.MustCompile(`^sha512-[A-Za-z0-9+/]{86}==$`)
)

// readLock returns the packages of a lock file, which names an exact version and the digest of each.
func readLock(file string) (packages []component, err error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]lockedPackage `json:"packages"`
	}
	if err := json.Unmarshal(content, &lock); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(lock.Packages) < 2 {
		return nil, fmt.Errorf("read %s: it lists no packages", file)
	}
	for _, at := range slices.Sorted(maps.Keys(lock.Packages)) {
		p := lock.Packages[at]
		if at == "" {
			err = p.checkDirect()
		} else {
			err = p.checkPinned()
			packages = append(packages, p.component(at))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, at, err)
		}
	}
	return packages, nil
}

// checkDirect wants exact versions of what is asked for.
func (p lockedPackage) checkDirect() error {
	for _, list := range []map[string]string{p.Dependencies, p.Development} {
		for name, version := range list {
			if !exactVersion.MatchString(version) {
				return fmt.Errorf("%s %s is no exact version", name, version)
			}
		}
	}
	return nil
}

// checkPinned wants a package that can't become another one.
func (p lockedPackage) checkPinned() error {
	switch {
	case !exactVersion.MatchString(p.Version):
		return fmt.Errorf("%q is no exact version", p.Version)
	case !digest.MatchString(p.Integrity):
		return errors.New("it has no digest (SHA-512)")
	case p.Resolved != "" && !strings.HasPrefix(p.Resolved, registry):
		return fmt.Errorf("it does not come from %s", registry)
	}
	return nil
}

func (p lockedPackage) component(at string) component {
	c := component{Name: path.Base(at), Version: p.Version}
	if p.License != "" {
		c.Licenses = []license{{Expression: p.License}}
	}
	return c
}
