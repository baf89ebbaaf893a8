package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/postgres"
)

const (
	pollUsers   = 200
	pollClients = 16
	pollTime    = 3 * time.Second
	pathStatus  = "/api/onboarding/status"
)

// polls are the figures of GET /status.
func polls(ctx context.Context, s *stage) ([]figure, error) {
	database, err := s.migrated(ctx, "polls")
	if err != nil {
		return nil, err
	}
	folder, err := s.subfolder("polls")
	if err != nil {
		return nil, err
	}
	a, err := startAPI(ctx, database, folder, readsWithoutLimit...)
	if err != nil {
		return nil, err
	}
	s.stops = append(s.stops, a.Stop)
	peer, err := startPollPeer(ctx, s, database, folder)
	if err != nil {
		return nil, err
	}
	p := &poller{stage: s, api: a, tags: map[string]string{}}
	if err := p.prepare(ctx, database); err != nil {
		return nil, err
	}
	ours := func(conditional bool) side {
		return side{"ours", s.once(func(ctx context.Context) (float64, error) {
			return p.rate(ctx, a.http, pathStatus, conditional)
		})}
	}
	theirs := func(name, path string) *side {
		return &side{name, s.once(func(ctx context.Context) (float64, error) { return p.rate(ctx, peer, path, false) })}
	}
	const differs = "the peer logs and counts nothing, has no request id and no deadline"
	whole, unchanged := ours(false), ours(true)
	same, bare := theirs("same batch", "/same"), theirs("bare select", "/bare")
	return []figure{
		{
			name: "status", what: "GET /status a second, against a handler that verifies the token and sends the same batch",
			differs: differs, unit: "requests/s", ours: whole, peer: same, goal: 0.8,
		},
		{
			name: "status_unchanged", what: "GET /status with If-None-Match a second, against the same handler",
			differs: differs, unit: "requests/s", ours: unchanged, peer: same, goal: 1.3,
		},
		{
			name: "status_bare", what: "GET /status a second, against one indexed select without a token",
			differs: differs, unit: "requests/s", ours: whole, peer: bare,
		},
		{
			name: "status_unchanged_bare", what: "GET /status with If-None-Match a second, against the same select",
			differs: differs, unit: "requests/s", ours: unchanged, peer: bare,
		},
	}, nil
}

// startPollPeer starts this program as the peer of polls and returns its address.
func startPollPeer(ctx context.Context, s *stage, database, folder string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	address, err := child.FreeAddress(ctx, "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	settings := child.Environment(map[string]string{"BENCH_ADDRESS": address, "DATABASE_URL": database})
	peer, err := child.Start("poll-peer", self, []string{"peer-polls", folder}, settings,
		filepath.Join(folder, "peer.log"))
	if err != nil {
		return "", err
	}
	s.stops = append(s.stops, peer.Stop)
	return address, child.AwaitOK(ctx, startTimeout, "the peer of polls was", "http://"+address+"/ready")
}

// poller polls as many users.
type poller struct {
	stage  *stage
	api    *api
	users  []string
	tokens []string

	mu   sync.Mutex
	tags map[string]string
}

func pollUser(i int) string { return fmt.Sprintf("poll-%d", i) }

// prepare makes the users' sessions and tokens, and asks once for each.
func (p *poller) prepare(ctx context.Context, database string) error {
	pool, err := openPool(ctx, database, postgres.RoleApp, 4)
	if err != nil {
		return err
	}
	defer pool.Close()
	for i := range p.stage.size(pollUsers) {
		user := pollUser(i)
		token, err := p.api.token(user)
		if err != nil {
			return err
		}
		if _, err := postgres.Session(ctx, pool, user); err != nil {
			return err
		}
		p.users, p.tokens = append(p.users, user), append(p.tokens, token)
	}
	client := newPollClient(p.api.http)
	for i := range p.users {
		if err := client.get(p, pathStatus, i, false); err != nil {
			return err
		}
	}
	return nil
}

// rate returns how many requests of some clients a server answers in a second.
func (p *poller) rate(ctx context.Context, address, path string, conditional bool) (float64, error) {
	took := pollTime / time.Duration(p.stage.scale)
	ctx, cancel := context.WithTimeout(ctx, took)
	defer cancel()
	var answered atomic.Int64
	var group errgroup.Group
	for c := range pollClients {
		client := newPollClient(address)
		group.Go(func() error {
			for i := c; ctx.Err() == nil; i++ {
				if err := client.get(p, path, i%len(p.users), conditional); err != nil {
					return err
				}
				answered.Add(1)
			}
			return nil
		})
	}
	err := group.Wait()
	return float64(answered.Load()) / took.Seconds(), err
}

// pollClient is a connection: cheap, so that what is measured is the server.
type pollClient struct {
	fasthttp.HostClient

	request  *fasthttp.Request
	response *fasthttp.Response
}

func newPollClient(address string) *pollClient {
	return &pollClient{
		HostClient: fasthttp.HostClient{Addr: address, MaxConns: 1},
		request:    fasthttp.AcquireRequest(), response: fasthttp.AcquireResponse(),
	}
}

// get asks once, and remembers the tag.
func (c *pollClient) get(p *poller, path string, user int, conditional bool) error {
	c.request.SetRequestURI("http://" + c.Addr + path)
	c.request.Header.Set("Authorization", "Bearer "+p.tokens[user])
	want := fasthttp.StatusOK
	if conditional {
		p.mu.Lock()
		c.request.Header.Set("If-None-Match", p.tags[p.users[user]])
		p.mu.Unlock()
		want = fasthttp.StatusNotModified
	}
	if err := c.Do(c.request, c.response); err != nil {
		return err
	}
	if c.response.StatusCode() != want {
		return errors.New(path + ": " + c.response.String())
	}
	if tag := c.response.Header.Peek("ETag"); !conditional && len(tag) > 0 {
		p.mu.Lock()
		p.tags[p.users[user]] = string(tag)
		p.mu.Unlock()
	}
	return nil
}
