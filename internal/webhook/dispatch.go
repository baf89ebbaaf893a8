package webhook

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/postgres/system"
)

// dispatchRows is how many events one transaction hands to lanes.
const dispatchRows = 1000

// dispatch hands all new events to the lanes of their receivers, or nothing while another worker does.
func (d *Deliverer) dispatch(ctx context.Context) {
	for taken := int64(dispatchRows); taken == dispatchRows && ctx.Err() == nil; {
		taken = 0
		err := pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
			q := system.New(tx)
			// One at a time: the events of a user are handed on in their order.
			mine, err := q.TakeDispatchLock(ctx)
			if err == nil && mine {
				taken, err = q.DispatchEvents(ctx, dispatchRows)
			}
			if err != nil {
				return fmt.Errorf("dispatch events: %w", err)
			}
			return nil
		})
		if err != nil {
			d.warn(ctx, "", err)
			return
		}
	}
}
