package legacytest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
)

// CreateDatabase makes an empty database on a server, and returns its address.
func CreateDatabase(ctx context.Context, server, name string) (string, error) {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }() // nothing is left to write
	if _, err := db.ExecContext(ctx, fmt.Sprintf("create database %q", name)); err != nil {
		return "", err
	}
	address, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	address.Path = "/" + name
	return address.String(), nil
}

// storedTables are those that an import may write to.
const storedTables = `onboarding_sessions onboarding_steps api_keys website_analyses research_preferences persona_data
	business_info personalization_inputs submissions step_events river_job audit_log document_versions`

// State returns a checksum of every table that an import may write to.
func State(ctx context.Context, address string) (map[string]string, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // nothing is left to write
	state := map[string]string{}
	for _, table := range strings.Fields(storedTables) {
		var sum string
		//nolint:gosec // names of ours only
		query := fmt.Sprintf(
			"select count(*) || ':' || coalesce(sum(hashtextextended(x::text, 0)::numeric), 0) from %s x", table)
		if err := db.QueryRowContext(ctx, query).Scan(&sum); err != nil {
			return nil, err
		}
		state[table] = sum
	}
	return state, nil
}
