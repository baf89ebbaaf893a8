package localpg

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// leashScript runs a command beside a guard that reads from a pipe. The other end
// of that pipe is held by the parent alone, so that the parent's end, whatever
// its cause, is the end of the pipe: the guard then signals the command. A shell
// is the one tool that Linux and macOS share for this, and since it starts the
// command itself there is no moment in which the command runs unguarded.
//
// Arguments: first signal, second signal (10 s later), when to sweep (ended,
// failed, or "" for never), the folder to sweep, the command and its arguments.
const leashScript = `
first=$1 second=$2 when=$3 sweep=$4
shift 4
exec 3<&0 </dev/null
"$@" 3<&- &
child=$!
exec >/dev/null 2>&1
{
	while read -r _; do :; done <&3
	kill -s "$first" "$child"
	n=0
	while [ $n -lt 100 ] && kill -0 "$child"; do sleep 0.1; n=$((n + 1)); done
	kill -s "$second" "$child"
} &
guard=$!
exec 3<&-
wait "$child"
status=$?
kill "$guard"
wait "$guard"
case $when in
ended) rm -rf -- "$sweep" ;;
failed) [ $status -eq 0 ] || rm -rf -- "$sweep" ;;
esac
exit $status
`

// Leash is a child process that ends when this process ends, even by kill -9.
type Leash struct {
	cmd  *exec.Cmd
	rope io.Closer
	cut  sync.Once
	done chan struct{}
	err  error
}

// ending says how a leashed process is ended and what it leaves behind.
type ending struct {
	first, second string // signal names; the second follows 10 s after the first
	when, sweep   string // when to remove the folder sweep: ended, failed, or "" for never
}

// StartLeashed starts cmd so that it gets SIGTERM when this process ends for any
// reason, and SIGKILL 10 seconds later. The child runs in a process group of its
// own: Ctrl-C reaches this process only, which then stops its children in the
// order it needs. cmd.Stdin must be nil (the child reads from /dev/null), and the
// process that cmd.Process names is the leash, not the command.
func StartLeashed(cmd *exec.Cmd) (*Leash, error) {
	return leash(cmd, ending{first: "TERM", second: "KILL"})
}

func leash(cmd *exec.Cmd, end ending) (*Leash, error) {
	switch {
	case cmd.Err != nil:
		return nil, cmd.Err
	case cmd.Stdin != nil:
		return nil, errors.New("start leashed command: standard input is taken")
	}
	args := []string{"sh", "-c", leashScript, "leash", end.first, end.second, end.when, end.sweep, cmd.Path}
	cmd.Args = append(args, cmd.Args[min(1, len(cmd.Args)):]...)
	cmd.Path = "/bin/sh"
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	rope, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	l := &Leash{cmd: cmd, rope: rope, done: make(chan struct{})}
	go l.watch()
	return l, nil
}

func (l *Leash) watch() {
	l.err = l.cmd.Wait()
	close(l.done)
}

// Stop asks the process to end, waits until it has, and returns an
// *exec.ExitError unless its status was 0. It may be called any number of times, by several goroutines.
func (l *Leash) Stop() error {
	l.cut.Do(func() { _ = l.rope.Close() })
	<-l.done
	return l.err
}

// Done is closed when the process has ended.
func (l *Leash) Done() <-chan struct{} { return l.done }

// serverEnviron is the environment of the server's programs: without PG*
// variables and with the C locale, so that nothing of the caller's shell changes
// what they do.
func serverEnviron() []string {
	env := []string{"LC_ALL=C", "LANG=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
