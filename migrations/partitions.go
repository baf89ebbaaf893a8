package migrations

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// partitionMonths is how many months of step_events are created ahead.
const partitionMonths = 24

// CreatePartitions creates the monthly partitions of step_events from now's month
// on, 24 months ahead, where they are missing. It needs the owner of the table.
// Rows that no partition takes stand in step_events_default.
func CreatePartitions(ctx context.Context, pool *pgxpool.Pool, now time.Time) error {
	month := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for range partitionMonths + 1 {
		next := month.AddDate(0, 1, 0)
		name := month.Format("step_events_y2006m01")
		// A partition has no policy of its own, so that nobody reads it directly.
		_, err := pool.Exec(ctx, fmt.Sprintf(`do $$ begin
				if to_regclass('%[1]s') is null then
					create table %[1]s partition of step_events
						for values from ('%[2]s') to ('%[3]s');
					alter table %[1]s enable row level security;
					alter table %[1]s force row level security;
				end if;
			end $$`, name, month.Format(time.RFC3339), next.Format(time.RFC3339)))
		if err != nil {
			return fmt.Errorf("create partition %s: %w", name, err)
		}
		month = next
	}
	return nil
}
