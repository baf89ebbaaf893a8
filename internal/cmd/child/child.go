// Package child starts the programs of this project, and what watches them, as processes
// that end with this one and write to log files of their own.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/internal/walk"
)

// Programs returns the folder of the built api and worker: the one that this program
// was started from, or .bin when it was started by "go run".
func Programs() (string, error) {
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

// Process is a program that was started.
type Process struct {
	// LogPath is the file that the program writes to.
	LogPath string

	name  string
	log   *os.File
	leash *localpg.Leash
}

// Start starts a program whose output goes to logPath, which is emptied. The program
// ends when this process does, whatever ends it.
func Start(name, program string, args, environ []string, logPath string) (*Process, error) {
	log, err := os.Create(filepath.Clean(logPath))
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
	return &Process{LogPath: logPath, name: name, log: log, leash: leash}, nil
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.leash.Done() }

// Wait waits until the program has ended. It returns nil if its exit code was 0. When
// ctx ends, it stops the program.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return errors.Join(context.Cause(ctx), p.Stop())
	case <-p.Done():
		return p.Stop()
	}
}

// Stop ends the program, waits until it is gone, and returns an error unless its exit
// code was 0.
func (p *Process) Stop() error {
	err := p.leash.Stop()
	if err != nil {
		err = fmt.Errorf("the %s ended with %w; its log is %s%s", p.name, err, p.LogPath, lastLine(p.LogPath))
	}
	return errors.Join(err, p.log.Close())
}

// lastLine returns ": " and the last line of a file that is not empty, or "".
func lastLine(name string) string {
	content, err := os.ReadFile(filepath.Clean(name))
	content = bytes.TrimSpace(content)
	if err != nil || len(content) == 0 {
		return ""
	}
	return ": " + string(bytes.TrimSpace(content[bytes.LastIndexByte(content, '\n')+1:]))
}

// Environment returns the environment of this process with some variables replaced. The
// programs take an empty variable for one that is not set.
func Environment(replaced map[string]string) []string {
	result := os.Environ()
	for name, value := range replaced {
		result = append(result, name+"="+value) // the last one of a name counts
	}
	return result
}

// FreeAddress returns a loopback address that is free: preferred if that is.
func FreeAddress(ctx context.Context, preferred string) (string, error) {
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

// AwaitOK waits until each of the URLs answers 200, for at most limit. what names their
// servers in the error.
func AwaitOK(ctx context.Context, limit time.Duration, what string, urls ...string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%s not ready after %s", what, limit))
	defer cancel()
	for _, url := range urls {
		for !answersOK(ctx, url) {
			if err := walk.Wait(ctx, 50*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return nil
}

var client = &http.Client{Timeout: 5 * time.Second}

func answersOK(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	response, err := client.Do(request)
	return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
}
