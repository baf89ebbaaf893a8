package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// ticketValidity is how long a ticket may be redeemed: one connect of a browser.
const ticketValidity = 30 * time.Second

// TicketBody is a ticket for one stream.
type TicketBody struct {
	Ticket    string `json:"ticket" doc:"Goes into the query of one stream: ?ticket=…"`
	ExpiresIn int    `json:"expires_in" example:"30" doc:"Seconds in which it may be used, once."`
}

type ticketOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         TicketBody
}

func (s *Server) registerTicket() {
	register(s, huma.Operation{
		Method: http.MethodPost, Path: basePath + "/stream-ticket", OperationID: "createStreamTicket", Tags: []string{"streams"},
		Summary: "A ticket for a stream", Metadata: map[string]any{oneTime: true},
		Description: "For clients that can't send headers with a stream, as browsers' EventSource and WebSocket can't. The stream ends with the token that the ticket was asked with.",
	}, nil, s.createTicket)
}

func (s *Server) createTicket(ctx context.Context, _ *struct{}) (*ticketOutput, error) {
	if s.cfg.Streams.IssueTicket == nil {
		return nil, errNoStreams()
	}
	ticket, holder := rand.Text(), user(ctx)
	if err := s.cfg.Streams.IssueTicket(ctx, ticket, holder.ID, ticketValidity, holder.Expires); err != nil {
		return nil, err
	}
	return &ticketOutput{CacheControl: noStore, Body: TicketBody{Ticket: ticket, ExpiresIn: int(ticketValidity.Seconds())}}, nil
}

// redeem returns whose ticket it is.
func (s *Server) redeem(ctx context.Context, ticket string) (auth.User, error) {
	if s.cfg.Streams.RedeemTicket == nil {
		return auth.User{}, errNoStreams()
	}
	userID, expires, err := s.cfg.Streams.RedeemTicket(ctx, ticket)
	if errors.Is(err, onboarding.ErrNotFound) {
		return auth.User{}, newProblem(http.StatusUnauthorized, "ticket_not_accepted", "The ticket was used before or has expired; ask for another one.")
	}
	return auth.User{ID: userID, Expires: expires}, err
}

func errNoStreams() *Problem {
	return newProblem(http.StatusServiceUnavailable, "streams_unavailable", "Live progress is not available here; poll the status instead.").after(time.Minute)
}
