package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// socketPort names the socket file only: every server has a socket folder of its own.
const socketPort = 5432

// maxSocketPath is the longest socket path in bytes that every system takes
// (macOS 103, Linux 107).
const maxSocketPath = 103

// home is the folder of one server and the account that it belongs to.
type home struct {
	account
	root string
}

func (h home) cluster() string  { return filepath.Join(h.root, "cluster") }
func (h home) lockFile() string { return filepath.Join(h.root, "lock") }
func (h home) logFile() string  { return filepath.Join(h.root, "server.log") }

// socketDir is the home itself, or where that won't do a short folder that goes
// with it: clients take a comma for the end of a host.
func (h home) socketDir() string {
	if len(h.root+"/.s.PGSQL.65535") <= maxSocketPath && !strings.Contains(h.root, ",") {
		return h.root
	}
	return "/tmp/onboarding-" + shortHash(h.root)
}

// settle chooses the home of the server for dataDir. An existing one is kept, and
// with it its owner; else root looks for a place that the server's user can enter.
func settle(ctx context.Context, dataDir string, log *slog.Logger) (home, error) {
	dataDir, err := filepath.Abs(dataDir)
	if err != nil {
		return home{}, err
	}
	who, err := serverAccount()
	if err != nil {
		return home{}, err
	}
	if owner, ok := ownerOf(filepath.Join(dataDir, "postgres")); ok && who.drop && owner.uid != 0 {
		who = owner
	}
	base, err := reachable(ctx, who, dataDir, log)
	if err != nil {
		return home{}, err
	}
	h := home{account: who, root: filepath.Join(base, "postgres")}
	if owner, ok := ownerOf(h.root); ok && who.drop && owner.uid != 0 {
		h.account = owner
	}
	return h, h.folder(h.root, 0o700)
}

// reachable makes dir and returns it, or the folder that stands in for it when it can't
// be made or who can't enter it.
func reachable(ctx context.Context, who account, dir string, log *slog.Logger) (string, error) {
	// The programs in it are started by another user when the caller is root.
	err := os.MkdirAll(dir, 0o755) // #nosec G301 -- see above
	if err == nil && who.reaches(ctx, dir) {
		return dir, nil
	}
	instead := refuge(dir)
	log.WarnContext(ctx, "local postgres folder moved, the server's user can't enter it",
		"wanted", dir, "used", instead, "uid", who.uid, "error", err)
	return instead, callerAccount().folder(instead, 0o755)
}

func callerAccount() account { return account{uid: os.Geteuid(), gid: os.Getegid()} }

// temporaryHome makes the folder of a throw-away server.
func temporaryHome(ctx context.Context, who account) (home, error) {
	base := os.TempDir()
	if !who.reaches(ctx, base) {
		base = "/var/tmp"
	}
	root, err := os.MkdirTemp(base, "onboarding-pg-")
	if err != nil {
		return home{}, fmt.Errorf("make temporary folder: %w", err)
	}
	return home{account: who, root: root}, who.own(root)
}

// clusterMajor returns the major version of the existing data folder, or 0 if
// there is none. A folder of that name that holds anything else is an error.
func (h home) clusterMajor() (int, error) {
	if _, err := os.Lstat(h.cluster()); errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	text, err := os.ReadFile(filepath.Join(h.cluster(), "PG_VERSION"))
	major, errNumber := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || errNumber != nil {
		return 0,
			fmt.Errorf("the folder %s is no PostgreSQL data folder: move it away, or set DATA_DIR to another one", h.cluster())
	}
	return major, nil
}
