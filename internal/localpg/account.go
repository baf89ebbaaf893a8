package localpg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that the server runs as.
type account struct {
	uid, gid int
	// drop is set when the caller is root and has to become this user.
	drop bool
}

// serverAccount returns the caller's own account, or for root the first of the
// users that are made for running a server without rights.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if errUID == nil && errGID == nil && uid != 0 {
			return account{uid: uid, gid: gid, drop: true}, nil
		}
	}
	return account{},
		errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody: run it as another user")
}

// ownerOf returns the owner of a folder, and false if there is no such folder.
func ownerOf(dir string) (account, bool) {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return account{}, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return account{}, false
	}
	return account{uid: int(stat.Uid), gid: int(stat.Gid), drop: os.Geteuid() == 0}, true
}

// attr returns the process attributes that start a program as this account.
func (a account) attr() *syscall.SysProcAttr {
	if !a.drop {
		return &syscall.SysProcAttr{}
	}
	// #nosec G115 -- the ids come from the user database and fit.
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}}
}

// command prepares one of the server's programs to run in dir as this account.
func (a account) command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, serverEnviron(), a.attr()
	return cmd
}

// reaches reports whether the account may enter dir.
func (a account) reaches(ctx context.Context, dir string) bool {
	return a.command(ctx, "/", "/bin/sh", "-c", `cd "$1"`, "reach", dir).Run() == nil
}

// own hands a file or folder that this process made to the account.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// folder makes a folder that belongs to the account, or checks that an existing
// one does: in a folder that everybody may write to, a stranger could have made it.
func (a account) folder(dir string, mode os.FileMode) error {
	err := os.Mkdir(dir, mode)
	if err == nil {
		return a.own(dir)
	}
	if !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make folder: %w", err)
	}
	owner, ok := ownerOf(dir)
	switch {
	case ok && owner.uid == a.uid:
		return nil
	case ok && owner.uid == 0 && a.drop:
		return a.own(dir)
	}
	return fmt.Errorf("the folder %s belongs to another user: run as that user, or set DATA_DIR to another folder", dir)
}

// file opens a file of ours inside a folder of the account, and makes it if it is
// missing. Links are not followed: root must not write where another user points.
func (a account) file(path string, flags int) (*os.File, error) {
	f, err := os.OpenFile(path, flags|os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := a.own(path); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// refuge is the folder that stands in for dir when the server's user can't reach
// dir: always the same one for the same dir.
func refuge(dir string) string { return filepath.Join("/var/tmp", "onboarding-"+shortHash(dir)) }

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

// Credential returns the user that PostgreSQL's programs have to be started as: nil unless the caller is root,
// whom they refuse.
func Credential() (*syscall.Credential, error) {
	who, err := serverAccount()
	if err != nil {
		return nil, err
	}
	return who.attr().Credential, nil
}
