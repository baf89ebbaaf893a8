package migrations

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Login is a login with exactly the rights of a group role, for programs behind a pooler in transaction mode.
type Login struct {
	Name, Role string
	// Settings are those of its sessions.
	Settings map[string]string
}

// createLogins makes the logins that are missing, with a password, none if it is empty, and gives them their role and
// settings. The password of one that is there stays.
func createLogins(ctx context.Context, pool *pgxpool.Pool, logins []Login, password string) error {
	for _, login := range logins {
		statements, err := login.statements(password)
		if err != nil {
			return err
		}
		for _, statement := range statements {
			if _, err := pool.Exec(ctx, statement); err != nil {
				return fmt.Errorf("make the login %s (the migrating login needs CREATEROLE): %w", login.Name, err)
			}
		}
		if err := grantRole(ctx, pool, login.Role, login.Name); err != nil {
			return err
		}
	}
	return nil
}

func (l Login) statements(password string) ([]string, error) {
	option := ""
	if password != "" {
		secret, err := scramSecret(password)
		if err != nil {
			return nil, err
		}
		option = " password '" + secret + "'"
	}
	name := pgx.Identifier{l.Name}.Sanitize()
	statements := []string{fmt.Sprintf(`do $$ begin
	if not exists (select from pg_roles where rolname = '%s') then
		create role %s login nosuperuser nobypassrls%s;
	end if;
exception when duplicate_object or unique_violation then null;
end $$`, l.Name, name, option)}
	for _, key := range slices.Sorted(maps.Keys(l.Settings)) {
		statements = append(statements, setUnlessSet(l.Name, key, l.Settings[key]))
	}
	return statements, nil
}

// setUnlessSet returns the statement that gives a login a setting. Another database's migration may be at it too.
func setUnlessSet(login, key, value string) string {
	return fmt.Sprintf(`do $$ begin
	if not exists (select from pg_db_role_setting s join pg_roles r on r.oid = s.setrole
			where s.setdatabase = 0 and r.rolname = '%[1]s' and '%[2]s=%[3]s' = any (s.setconfig)) then
		alter role %[1]s set %[2]s = '%[3]s';
	end if;
exception when internal_error then null; -- tuple concurrently updated
end $$`, login, key, value)
}

// scramSecret is what PostgreSQL stores of a password, so that the password itself stands in no log.
func scramSecret(password string) (string, error) {
	if strings.ContainsFunc(password, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", fmt.Errorf("the password of DATABASE_URL is not plain ASCII: make the logins by hand")
	}
	const iterations = 4096
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	salted, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("hash the password of the logins: %w", err)
	}
	stored := sha256.Sum256(mac(salted, "Client Key"))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", iterations, encode(salt), encode(stored[:]),
		encode(mac(salted, "Server Key"))), nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
