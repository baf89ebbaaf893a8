package queue

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Driver returns River's driver on a pool of the system role, which listens on another if that is not nil.
func Driver(pool, listening *pgxpool.Pool) riverdriver.Driver[pgx.Tx] {
	if listening == nil {
		return riverpgxv5.New(pool)
	}
	return &driver{Driver: riverpgxv5.New(pool), listening: riverpgxv5.New(listening)}
}

// driver listens past the pooler that its statements go through.
type driver struct {
	*riverpgxv5.Driver

	listening *riverpgxv5.Driver
}

// GetListener implements riverdriver.Driver.
func (d *driver) GetListener(params *riverdriver.GetListenenerParams) riverdriver.Listener {
	return d.listening.GetListener(params)
}
