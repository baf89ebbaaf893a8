package migrations

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// partitionMonths is how many months of step_events are created ahead.
const partitionMonths = 24

// createPartition makes one partition. Rows of its month that stand in the default
// partition, because it was made too late, move into it: PostgreSQL refuses to
// attach it otherwise. FORCE is lifted for that moment, since the owner would move
// no row that its policies hide.
const createPartition = `do $$ begin
	if to_regclass('%[1]s') is null then
		create table %[1]s (like step_events including defaults including constraints);
		alter table step_events_default no force row level security;
		with late as (
			delete from step_events_default where at >= '%[2]s' and at < '%[3]s' returning *
		)
		insert into %[1]s select * from late;
		alter table step_events_default force row level security;
		alter table step_events attach partition %[1]s for values from ('%[2]s') to ('%[3]s');
		alter table %[1]s enable row level security;
		alter table %[1]s force row level security;
	end if;
end $$`

// CreatePartitions creates the monthly partitions of step_events from now's month
// on, 24 months ahead, where they are missing. It needs the owner of the table.
// Rows that no partition takes stand in step_events_default. A partition has no
// policy of its own, so that nobody reads it directly.
func CreatePartitions(ctx context.Context, pool *pgxpool.Pool, now time.Time) error {
	month := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for range partitionMonths + 1 {
		next := month.AddDate(0, 1, 0)
		name := month.Format("step_events_y2006m01")
		_, err := pool.Exec(ctx, fmt.Sprintf(createPartition, name, month.Format(time.RFC3339), next.Format(time.RFC3339)))
		if err != nil {
			return fmt.Errorf("create partition %s: %w", name, err)
		}
		month = next
	}
	return nil
}
