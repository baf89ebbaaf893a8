package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/alwrity/onboarding/internal/localpg"
)

// programs is the folder that holds the built api and worker: the one that this
// program was started from, or .bin when it was started by "go run".
func programs() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find the programs: %w", err)
	}
	for _, dir := range []string{filepath.Dir(self), ".bin"} {
		if _, err := exec.LookPath(filepath.Join(dir, "api")); err != nil {
			continue
		}
		if _, err := exec.LookPath(filepath.Join(dir, "worker")); err == nil {
			return filepath.Abs(dir)
		}
	}
	return "", errors.New("the programs api and worker are not built: run make build")
}

// child is a program that was started and writes to a log file of its own.
type child struct {
	name    string
	logPath string
	log     *os.File
	leash   *localpg.Leash
}

// startChild starts a program whose output goes to logPath, which is emptied. The
// program ends when this process does, whatever ends it.
func startChild(name, program string, args, environ []string, logPath string) (*child, error) {
	log, err := os.Create(logPath)
	if err != nil {
		return nil, fmt.Errorf("open the log of the %s: %w", name, err)
	}
	//nolint:gosec,noctx // the programs of this project; they are ended by their leash, in order
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environ, log, log
	leash, err := localpg.StartLeashed(cmd)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the %s: %w", name, err), log.Close())
	}
	return &child{name: name, logPath: logPath, log: log, leash: leash}, nil
}

// wait returns when the program has ended: nil when it ended well.
func (c *child) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return errors.Join(context.Cause(ctx), c.stop())
	case <-c.leash.Done():
		return errors.Join(c.ended(), c.log.Close())
	}
}

// stop ends the program and waits until it is gone.
func (c *child) stop() error {
	_ = c.leash.Stop()
	return errors.Join(c.ended(), c.log.Close())
}

// ended says how the program failed, nil when it ended well.
func (c *child) ended() error {
	err := c.leash.Err()
	if err == nil {
		return nil
	}
	said := finalLine(c.logPath)
	if said != "" {
		said = ": " + said
	}
	return fmt.Errorf("the %s ended with %w; its log is %s%s", c.name, err, c.logPath, said)
}

// finalLine returns the last line of a file that is not empty, "" when there is
// none or the file can't be read.
func finalLine(name string) string {
	content, err := os.ReadFile(filepath.Clean(name))
	if err != nil {
		return ""
	}
	content = bytes.TrimSpace(content)
	return string(bytes.TrimSpace(content[bytes.LastIndexByte(content, '\n')+1:]))
}

// environment is the environment of this process with some variables replaced;
// an empty value takes the variable out.
func environment(replaced map[string]string) []string {
	result := make([]string, 0, len(os.Environ())+len(replaced))
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if _, found := replaced[name]; !found {
			result = append(result, pair)
		}
	}
	for name, value := range replaced {
		if value != "" {
			result = append(result, name+"="+value)
		}
	}
	return result
}

// freeAddress returns a loopback address that is free: the preferred
// one when it is free.
func freeAddress(ctx context.Context, preferred string) (string, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", preferred)
	if err != nil {
		listener, err = config.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}
