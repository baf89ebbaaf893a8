package migrations

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// partitionMonths is how many months of step_events are created ahead.
const partitionMonths = 24

// partitionName is the name of the partition of a month, as a layout of its time.
const partitionName = "step_events_y2006m01"

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
// policy of its own, so that it can't be read directly.
func CreatePartitions(ctx context.Context, pool *pgxpool.Pool, now time.Time) error {
	month := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for range partitionMonths + 1 {
		next := month.AddDate(0, 1, 0)
		name := month.Format(partitionName)
		statement := fmt.Sprintf(createPartition, name, month.Format(time.RFC3339), next.Format(time.RFC3339))
		if err := briefly(ctx, pool, statement); err != nil {
			return fmt.Errorf("create partition %s: %w", name, err)
		}
		month = next
	}
	return nil
}

// dropEmptyPartition drops a partition without rows. FORCE is lifted for the look, since
// the owner would see no row that its policies hide.
const dropEmptyPartition = `do $$ begin
	alter table %[1]s no force row level security;
	if exists (select from %[1]s) then
		alter table %[1]s force row level security;
	else
		drop table %[1]s;
	end if;
end $$`

// DropOldPartitions drops the partitions of step_events of months before the last one
// that hold no event any more, because retention has deleted them all, and returns their
// names. It needs the owner of the table.
func DropOldPartitions(ctx context.Context, pool *pgxpool.Pool, now time.Time) (dropped []string, err error) {
	last := now.UTC().AddDate(0, 0, -now.UTC().Day()).Format(partitionName)
	names, err := listNames(ctx, pool, `select c.relname from pg_inherits h join pg_class c on c.oid = h.inhrelid
		where h.inhparent = 'step_events'::regclass and c.relname ~ '^step_events_y[0-9]{4}m[0-9]{2}$' and c.relname < $1 order by 1`, last)
	if err != nil {
		return nil, fmt.Errorf("list partitions: %w", err)
	}
	for _, name := range names {
		if err := briefly(ctx, pool, fmt.Sprintf(dropEmptyPartition, name)); err != nil {
			return dropped, fmt.Errorf("drop partition %s: %w", name, err)
		}
		var kept bool
		if err := pool.QueryRow(ctx, "select to_regclass($1) is not null", name).Scan(&kept); err != nil {
			return dropped, fmt.Errorf("look for partition %s: %w", name, err)
		}
		if !kept {
			dropped = append(dropped, name)
		}
	}
	return dropped, nil
}
