package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// proxy stands before a server and behaves as a distributed engine does that is far away: it delays, refuses LISTEN
// and NOTIFY, and ends transactions by 40001, within them and at their commit.
type proxy struct {
	address string

	server   string
	listener net.Listener
	delay    time.Duration
	// middle and commit are the shares of statements and of commits that fail.
	middle, commit float64

	mu     sync.Mutex
	random *rand.Rand
	// injected are the transactions that were ended, river the statements of River that were refused.
	injected, river, refused atomic.Int64
}

func startProxy(
	ctx context.Context, server string, seed uint64, delay time.Duration, middle, commit float64,
) (*proxy, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{
		address: listener.Addr().String(), server: server, listener: listener, delay: delay, middle: middle, commit: commit,
		random: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // a seed, so that it can be repeated
	}
	go func() { //nolint:contextcheck // a connection ends with its client
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.carry(client)
		}
	}()
	return p, nil
}

func (p *proxy) stop() { _ = p.listener.Close() }

// chance draws whether something happens whose share is that.
func (p *proxy) chance(share float64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.random.Float64() < share
}

// pause is the way of a message over the network.
func (p *proxy) pause() {
	p.mu.Lock()
	wait := p.delay/2 + time.Duration(p.random.Int64N(int64(p.delay)+1))
	p.mu.Unlock()
	time.Sleep(wait)
}

func (p *proxy) carry(client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	start, err := readStart(client)
	if err != nil {
		return
	}
	if _, err := server.Write(start); err != nil {
		return
	}
	s := newSession(p, client, server)
	ended := make(chan struct{}, 2)
	go func() { s.answers(); ended <- struct{}{} }()
	go func() { s.requests(); ended <- struct{}{} }()
	<-ended
	s.end()
}

// readStart reads the first message, which has no type: the start, or the request to cancel.
func readStart(client io.Reader) ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(client, head); err != nil {
		return nil, err
	}
	rest, err := readRest(client, head)
	return append(head, rest...), err
}

// most bounds a message.
const most = 256 << 20

// readRest reads the rest of a message whose length, which counts itself, is known.
func readRest(from io.Reader, length []byte) ([]byte, error) {
	n := binary.BigEndian.Uint32(length)
	if n < 4 || n > most {
		return nil, errors.New("a message without a length")
	}
	rest := make([]byte, n-4)
	_, err := io.ReadFull(from, rest)
	return rest, err
}
