package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// The network of a world.
const (
	bridge  = "deploy0"
	gateway = "10.88.0.1"
	// internet is the public address of every server that the programs call.
	internet = "93.184.215.14"
)

// inWorld runs a walk in a process with a network, mounts and processes of its own, so that ports are free, and nothing is
// left when it ends.
func inWorld(ctx context.Context, o options, form string, out io.Writer) error {
	if err := mayMakeWorlds(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "world-"+form, "-tree", o.tree, "-programs", o.programs, "-stamp", o.stamp, "-logs", o.logs,
		"-users", strconv.Itoa(o.users))
	cmd.Stdout = out
	var said strings.Builder
	cmd.Stderr = &said
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL,
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	return nil
}

// mayMakeWorlds says what is missing.
func mayMakeWorlds() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return fmt.Errorf("read the capabilities: %w", err)
	}
	var missing []string
	for _, c := range []struct {
		bit  uint
		name string
	}{
		{unix.CAP_SYS_ADMIN, "SYS_ADMIN"},
		{unix.CAP_NET_ADMIN, "NET_ADMIN"},
		{unix.CAP_SYS_CHROOT, "SYS_CHROOT"},
		{unix.CAP_SETUID, "SETUID"},
		{unix.CAP_SETGID, "SETGID"},
		{unix.CAP_CHOWN, "CHOWN"},
		{unix.CAP_SETPCAP, "SETPCAP"},
	} {
		if data[c.bit/32].Effective&(1<<(c.bit%32)) == 0 {
			missing = append(missing, c.name)
		}
	}
	if missing != nil {
		return fmt.Errorf("to start the programs on a read-only root as another user needs root: run `sudo make deploy-check`; "+
			"this process lacks the capabilities %s", strings.Join(missing, ", "))
	}
	return nil
}

// world is where the programs of one way to deploy run.
type world struct {
	options

	form    string
	folder  string // temporary, with the roots
	logDir  string
	program image
	hosts   map[string][]string // addresses by name
	running []*process
	next    int
	server  string // the database's address for its superuser
	out     io.Writer
}

// openWorld sets up the network. The process is the one that inWorld has started.
func openWorld(o options, form string, out io.Writer) (*world, error) {
	if err := errors.Join(unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""), unix.Mount("proc", "/proc", "proc", 0, "")); err != nil {
		return nil, fmt.Errorf("mount /proc: %w", err)
	}
	if err := layNetwork(); err != nil {
		return nil, fmt.Errorf("make a network: %w", err)
	}
	folder, err := os.MkdirTemp("", "deploy-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // the programs' user passes through
		return nil, err
	}
	program, err := readImage(filepath.Join(o.tree, "Dockerfile"))
	if err != nil {
		return nil, err
	}
	w := &world{
		options: o, form: form, folder: folder, logDir: filepath.Join(o.logs, form), program: program, next: 10, out: out,
		hosts: map[string][]string{"localhost": {"127.0.0.1"}},
	}
	return w, os.MkdirAll(w.logDir, 0o755)
}

func layNetwork() error {
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	public, err := netlink.ParseAddr(internet + "/32")
	if err != nil {
		return err
	}
	inside, err := netlink.ParseAddr(gateway + "/16")
	if err != nil {
		return err
	}
	link := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: bridge}}
	return errors.Join(netlink.LinkSetUp(loopback), netlink.AddrAdd(loopback, public),
		netlink.LinkAdd(link), netlink.AddrAdd(link, inside), netlink.LinkSetUp(link))
}

// close ends what runs and removes the folder.
func (w *world) close() {
	for _, p := range slices.Backward(w.running) {
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	_ = os.RemoveAll(w.folder)
}

// newAddress returns an address on the bridge that is not in use, which these names stand for.
func (w *world) newAddress(names ...string) string {
	w.next++
	address := fmt.Sprintf("10.88.0.%d", w.next)
	for _, name := range names {
		w.hosts[name] = append(w.hosts[name], address)
	}
	return address
}

// process is a program that was started.
type process struct {
	name, log string
	cmd       *exec.Cmd
	cell      cell
	address   string // without prefix length; "" where the network is shared
	ended     chan struct{}
	err       error // once ended is closed
}

// start runs a program in a cell.
func (w *world) start(name string, c cell) (*process, error) {
	p := &process{name: name, log: filepath.Join(w.logDir, name+".log"), cell: c, ended: make(chan struct{})}
	c.Mounts = slices.Clone(c.Mounts)
	if err := w.furnish(&c, name); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644) //nolint:gosec // for people to read
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = exec.Command(self, "contain")
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Env = log, log, []string{}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
	if c.Address != "" {
		p.cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWNET
		p.address, _, _ = strings.Cut(c.Address, "/")
	}
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.err = p.cmd.Wait(); close(p.ended) }()
	w.running = append(w.running, p)
	if c.Address != "" {
		if err := w.plugIn(p.cmd.Process.Pid); err != nil {
			return nil, fmt.Errorf("connect %s to the network: %w", name, err)
		}
	}
	return p, errors.Join(json.NewEncoder(in).Encode(c), in.Close())
}

// plugIn lays a cable from the bridge into the network of a process.
func (w *world) plugIn(pid int) error {
	master, err := netlink.LinkByName(bridge)
	if err != nil {
		return err
	}
	outer, inner := fmt.Sprintf("out%d", pid), fmt.Sprintf("in%d", pid)
	cable := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: outer, MasterIndex: master.Attrs().Index}, PeerName: inner}
	if err := netlink.LinkAdd(cable); err != nil {
		return err
	}
	peer, err := netlink.LinkByName(inner)
	if err != nil {
		return err
	}
	return errors.Join(netlink.LinkSetUp(cable), netlink.LinkSetName(peer, "eth0"), netlink.LinkSetNsPid(peer, pid))
}

// furnish makes the root of a cell with what every container has: devices, /proc, names of hosts.
func (w *world) furnish(c *cell, name string) error {
	c.Root = filepath.Join(w.folder, fmt.Sprintf("%s-%d", name, len(w.running)))
	hosts, resolver := filepath.Join(w.folder, "hosts"), filepath.Join(w.folder, "resolv.conf")
	var lines strings.Builder
	for host, addresses := range w.hosts {
		for _, address := range addresses {
			_, _ = fmt.Fprintln(&lines, address, host)
		}
	}
	if err := errors.Join(os.WriteFile(hosts, []byte(lines.String()), 0o644), //nolint:gosec // as /etc/hosts is
		os.WriteFile(resolver, []byte("nameserver "+gateway+"\n"), 0o644)); err != nil { //nolint:gosec // the same
		return err
	}
	c.Mounts = append(c.Mounts, mount{From: hosts, To: "/etc/hosts"}, mount{From: resolver, To: "/etc/resolv.conf"})
	for _, device := range []string{"null", "zero", "random", "urandom"} {
		c.Mounts = append(c.Mounts, mount{From: "/dev/" + device, To: "/dev/" + device, Writable: true})
	}
	for _, m := range c.Mounts {
		if err := makeMountPoint(m.From, filepath.Join(c.Root, m.To)); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(c.Root, "proc"), 0o755)
}

func makeMountPoint(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.MkdirAll(to, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, nil, 0o644) //nolint:gosec // it is covered
}

// run starts a program, waits for its end and returns what it printed.
func (w *world) run(ctx context.Context, name string, c cell) (string, error) {
	p, err := w.start(name, c)
	if err != nil {
		return "", err
	}
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-p.ended:
	}
	said, err := os.ReadFile(p.log)
	if p.err != nil {
		return "", fmt.Errorf("%s ended with %w: %s", name, p.err, lastLine(string(said)))
	}
	return strings.TrimSpace(string(said)), err
}

// beside returns a cell for a command in the network and with the files of a running program.
func (p *process) beside(args ...string) cell {
	c := p.cell
	c.Address, c.Joins, c.Args = "", p.cmd.Process.Pid, args
	return c
}

// stop sends SIGTERM and wants the program to end by itself within the time that its supervisor gives it.
func (p *process) stop(grace time.Duration) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.ended:
	case <-time.After(grace):
		return fmt.Errorf("%s did not stop within %s, when it would be killed", p.name, grace)
	}
	if p.err != nil {
		return fmt.Errorf("%s stopped with %w, see %s", p.name, p.err, p.log)
	}
	return nil
}

// await calls ready until it returns nil.
func (p *process) await(ctx context.Context, limit time.Duration, ready func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			said, _ := os.ReadFile(p.log)
			return fmt.Errorf("%s ended on its own: %s", p.name, lastLine(string(said)))
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready after %s: %w (its log is %s)", p.name, limit, err, p.log)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " | ")
}

func valueOf(environ []string, name string) string {
	for _, one := range environ {
		if value, ok := strings.CutPrefix(one, name+"="); ok {
			return value
		}
	}
	return ""
}

// forward passes connections to an address on to another.
func forward(ctx context.Context, from, to string) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", from)
	if err != nil {
		return err
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer client.Close()
				server, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer server.Close()
				go func() { _, _ = io.Copy(server, client); _ = server.(*net.TCPConn).CloseWrite() }()
				_, _ = io.Copy(client, server)
			}()
		}
	}()
	return nil
}
