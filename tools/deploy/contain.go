package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// The user that the image, the chart and the units run the programs as.
const programUser = 65532

// cell is what a program runs in. Everything of it is read by contain, in a process that is the program afterwards.
type cell struct {
	// Root is the folder that is / for the program, read-only.
	Root string
	// Mounts appear below the root.
	Mounts []mount
	// Args are the program and its arguments, Environ all of its environment.
	Args, Environ []string
	// Address is the address in the network of the world, with its prefix length; "" shares the network.
	Address string
	// Joins is the process whose network is shared, 0 for none.
	Joins int
}

// mount is a file or folder of the machine.
type mount struct {
	From, To string
	Writable bool
}

// contain reads a cell, confines this process to it and executes the program. The parent has given the process mount, process
// and, with an Address, network namespaces of its own.
func contain(in io.Reader) error {
	runtime.LockOSThread() // namespaces and privileges are those of a thread
	var c cell
	if err := json.NewDecoder(in).Decode(&c); err != nil {
		return fmt.Errorf("read the cell: %w", err)
	}
	for _, do := range []func() error{c.joinNetwork, c.plugIn, c.mountAll, c.seal, c.enter, c.dropPrivileges} {
		if err := do(); err != nil {
			return err
		}
	}
	program, err := lookUp(c.Args[0], c.Environ)
	if err != nil {
		return err
	}
	return fmt.Errorf("execute %s: %w", program, unix.Exec(program, c.Args, c.Environ))
}

// joinTimeout is how long the network of a process may be missing.
const joinTimeout = 5 * time.Second

func (c cell) joinNetwork() error {
	if c.Joins == 0 {
		return nil
	}
	path := fmt.Sprintf("/proc/%d/ns/net", c.Joins)
	network, err := os.Open(path)
	// A process of several threads has no network for a moment while it executes its program.
	for began := time.Now(); errors.Is(err, os.ErrNotExist) && time.Since(began) < joinTimeout; {
		time.Sleep(10 * time.Millisecond)
		network, err = os.Open(path)
	}
	if err != nil {
		return err
	}
	defer network.Close()
	return unix.Setns(int(network.Fd()), unix.CLONE_NEWNET)
}

// plugIn gives the end of the cable that the parent has put into the network its address.
func (c cell) plugIn() error {
	if c.Address == "" {
		return nil
	}
	address, err := netlink.ParseAddr(c.Address)
	if err != nil {
		return err
	}
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	cable, err := netlink.LinkByName("eth0")
	if err != nil {
		return err
	}
	return errors.Join(netlink.LinkSetUp(loopback), netlink.AddrAdd(cable, address), netlink.LinkSetUp(cable),
		netlink.RouteAdd(&netlink.Route{LinkIndex: cable.Attrs().Index, Gw: net.ParseIP(gateway)}))
}

func (c cell) mountAll() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts private: %w", err)
	}
	if err := unix.Mount(c.Root, c.Root, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount the root: %w", err)
	}
	for _, m := range c.Mounts {
		to := filepath.Join(c.Root, m.To)
		if err := unix.Mount(m.From, to, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m.To, err)
		}
		if !m.Writable {
			if err := readOnly(to); err != nil {
				return err
			}
		}
	}
	if err := unix.Mount("proc", filepath.Join(c.Root, "proc"), "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return readOnly(c.Root)
}

func readOnly(path string) error {
	if err := unix.Mount("", path, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|unix.MS_NOSUID, ""); err != nil {
		return fmt.Errorf("make %s read-only: %w", path, err)
	}
	return nil
}

// seal makes sure that the root can't be written to.
func (c cell) seal() error {
	err := os.WriteFile(filepath.Join(c.Root, "written"), nil, 0o600)
	if !errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("the root is not read-only: writing to it: %v", err) //nolint:errorlint // it may be nil
	}
	return nil
}

// enter makes the root the root, and takes the standard input away.
func (c cell) enter() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	if err := unix.Dup3(int(null.Fd()), 0, 0); err != nil {
		return err
	}
	return errors.Join(unix.Chroot(c.Root), unix.Chdir("/"))
}

func (cell) dropPrivileges() error {
	for capability := uintptr(0); capability <= unix.CAP_LAST_CAP; capability++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0); err != nil && !errors.Is(err, unix.EINVAL) {
			return fmt.Errorf("drop capabilities: %w", err)
		}
	}
	return errors.Join(
		unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
		syscall.Setgroups(nil), syscall.Setgid(programUser), syscall.Setuid(programUser),
		unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0), // a change of the user takes it away
	)
}

// lookUp finds a program as execvp does.
func lookUp(name string, environ []string) (string, error) {
	if filepath.IsAbs(name) {
		return name, nil
	}
	for _, folder := range filepath.SplitList(valueOf(environ, "PATH")) {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not in the PATH of the environment", name)
}
