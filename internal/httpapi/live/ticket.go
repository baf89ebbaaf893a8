package live

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// ticketValidity is how long a ticket may be redeemed: one connect of a browser.
const ticketValidity = 30 * time.Second

// TicketBody is a ticket for one stream.
type TicketBody struct {
	Ticket    string `json:"ticket" doc:"Goes into the query of one stream: ?ticket=…"`
	ExpiresIn int    `json:"expires_in" example:"30" doc:"Seconds in which it may be used, once."`
}

func (s *Streams) registerTicket() {
	edge.Register(s.edge, "POST /api/onboarding/stream-ticket", "createStreamTicket", "streams", "A ticket for a stream",
		s.createTicket,
		edge.OneTime,
		edge.About(
			"For clients that can't send headers with a stream, as browsers' EventSource and WebSocket can't. The stream ends "+
				"with the token that the ticket was asked with.",
		))
}

func (s *Streams) createTicket(ctx context.Context, _ *struct{}) (*edge.Unstored[TicketBody], error) {
	if s.cfg.Reader == nil {
		return nil, errNoStreams()
	}
	ticket, holder := rand.Text(), edge.User(ctx)
	err := postgres.IssueTicket(ctx, s.cfg.App, ticket, holder.ID, ticketValidity, holder.Expires)
	return edge.OKUnstored(TicketBody{Ticket: ticket, ExpiresIn: int(ticketValidity.Seconds())}), err
}

// redeem returns the user of a ticket.
func (s *Streams) redeem(ctx context.Context, ticket string) (auth.User, error) {
	if s.cfg.Reader == nil {
		return auth.User{}, errNoStreams()
	}
	userID, expires, err := postgres.RedeemTicket(ctx, s.cfg.App, ticket)
	if errors.Is(err, onboarding.ErrNotFound) {
		return auth.User{}, edge.NewProblem(http.StatusUnauthorized, "ticket_not_accepted",
			"The ticket was used before or has expired; ask for another one.")
	}
	return auth.User{ID: userID, Expires: expires}, err
}

func errNoStreams() *edge.Problem {
	return edge.NewProblem(http.StatusServiceUnavailable, "streams_unavailable",
		"Live progress is not available here; poll the status instead.").WithRetryAfter(time.Minute)
}
