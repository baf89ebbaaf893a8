package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgproto3"
)

// session is one connection through the proxy.
type session struct {
	*proxy

	client, server net.Conn
	// names are the statements that were prepared.
	names map[string]string
	// bound says that the transaction names its users.
	bound bool

	mu      sync.Mutex
	changed *sync.Cond
	// status is that of the transaction, as the server said last; open are the requests that it has not answered.
	status byte
	open   int
	// swallowing drops the answer to a request of the proxy itself.
	swallowing, ended bool
}

func newSession(p *proxy, client, server net.Conn) *session {
	s := &session{proxy: p, client: client, server: server, names: map[string]string{}, status: 'I', open: 1}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.changed.Broadcast()
	_, _ = s.client.Close(), s.server.Close()
}

// frame reads a message with its type.
func frame(from io.Reader) (kind byte, body, whole []byte, err error) {
	head := make([]byte, 5)
	if _, err = io.ReadFull(from, head); err != nil {
		return 0, nil, nil, err
	}
	body, err = readRest(from, head[1:])
	return head[0], body, append(head, body...), err
}

// answers passes the server's messages on.
func (s *session) answers() {
	from := bufio.NewReader(s.server)
	for {
		kind, body, whole, err := frame(from)
		if err != nil {
			return
		}
		s.mu.Lock()
		drop := s.swallowing
		if kind == 'Z' && len(body) == 1 {
			s.status, s.open, s.swallowing = body[0], s.open-1, false
			s.changed.Broadcast()
		}
		s.mu.Unlock()
		if drop {
			continue
		}
		if _, err := s.client.Write(whole); err != nil {
			return
		}
	}
}

// unit is what a client sends up to the point at which it wants an answer.
type unit struct {
	bytes []byte
	// executed are the statements that it runs.
	executed []string
}

// requests passes the client's messages on, a unit at a time.
func (s *session) requests() {
	from := bufio.NewReader(s.client)
	var u unit
	bound := ""
	for {
		kind, body, whole, err := frame(from)
		if err != nil {
			return
		}
		u.bytes = append(u.bytes, whole...)
		switch texts := bytes.Split(body, []byte{0}); {
		case kind == 'P' && len(texts) > 1:
			s.names[string(texts[0])] = string(texts[1])
		case kind == 'B' && len(texts) > 1:
			bound = s.names[string(texts[1])]
		case kind == 'E':
			u.executed = append(u.executed, bound)
		case kind == 'Q':
			u.executed = append(u.executed, string(texts[0]))
		}
		switch kind {
		case 'P', 'B', 'D', 'E', 'C': // more follows
			continue
		case 'S', 'Q':
			err = s.request(u)
		default: // a password, a copy, a flush, the end
			_, err = s.server.Write(u.bytes)
		}
		if err != nil {
			return
		}
		u = unit{}
	}
}

// request lets a unit through, or answers in its place.
func (s *session) request(u unit) error {
	s.pause()
	s.mu.Lock()
	for s.open > 0 && !s.ended {
		s.changed.Wait()
	}
	status := s.status
	s.open++
	s.mu.Unlock()
	switch s.verdict(u, status) {
	case refuse:
		s.refused.Add(1)
		return s.send(raise("0A000", "LISTEN and NOTIFY are not supported"))
	case failRiver:
		s.river.Add(1)
		return s.send(raise("40001", "injected into a statement of the queue"))
	case failMiddle:
		s.injected.Add(1)
		return s.send(raise("40001", "injected in the middle"))
	case failCommit:
		s.injected.Add(1)
		return s.rollBack()
	default:
		_, err := s.server.Write(u.bytes)
		return err
	}
}

// rollBack ends the transaction and tells the client that its commit has failed.
func (s *session) rollBack() error {
	s.mu.Lock()
	s.swallowing = true
	s.mu.Unlock()
	if err := s.send("rollback"); err != nil {
		return err
	}
	s.mu.Lock()
	for s.open > 0 && !s.ended {
		s.changed.Wait()
	}
	s.mu.Unlock()
	answer, err := (&pgproto3.ErrorResponse{
		Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: "40001", Message: "injected at the commit",
	}).Encode(nil)
	if err == nil {
		answer, err = (&pgproto3.ReadyForQuery{TxStatus: 'I'}).Encode(answer)
	}
	if err == nil {
		_, err = s.client.Write(answer)
	}
	return err
}

func (s *session) send(sql string) error {
	message, err := (&pgproto3.Query{String: sql}).Encode(nil)
	if err == nil {
		_, err = s.server.Write(message)
	}
	return err
}

// raise returns a statement that fails so, as the server itself would say it.
func raise(state, message string) string {
	return "do $$ begin raise exception using errcode = '" + state + "', message = '" + message + "'; end $$"
}

// What becomes of a unit.
type verdict int

const (
	pass verdict = iota
	refuse
	failMiddle
	failCommit
	failRiver
)

var (
	notifies = regexp.MustCompile(`(?i)^\s*(un)?listen\b|^\s*notify\b`)
	begins   = regexp.MustCompile(`(?i)^\s*begin\b`)
	commits  = regexp.MustCompile(`(?i)^\s*commit\b`)
	// queues are the statements of River that a worker makes again and again, each a transaction of its own.
	queues = regexp.MustCompile(`^-- name: (JobGetAvailable|JobSetStateIfRunningMany|LeaderAttempt\w+|JobSchedule)\b`)
)

// verdict decides what becomes of a unit. Transactions fail that are bound to users or made of generated statements,
// which their program repeats: tests make others of their own.
func (s *session) verdict(u unit, status byte) verdict {
	first := strings.Join(u.executed, "\n")
	switch {
	case len(u.executed) == 0:
		return pass
	case notifies.MatchString(u.executed[0]):
		return refuse
	case status == 'I' && queues.MatchString(first):
		if s.chance(s.middle) {
			return failRiver
		}
		return pass
	}
	if status == 'I' {
		s.bound = false
	}
	s.bound = s.bound || strings.Contains(first, "set_config('app.user_id")
	alone := status == 'I' && s.bound && !begins.MatchString(u.executed[0]) // a transaction of its own
	if status != 'T' && !alone || !s.bound {
		return pass
	}
	if commits.MatchString(u.executed[len(u.executed)-1]) {
		if s.chance(s.commit) {
			return failCommit
		}
		return pass
	}
	if s.chance(s.middle) {
		return failMiddle
	}
	return pass
}
