package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// TestNoStatementReachesAnothersRows calls every generated statement with the victim's ids while the setting of
// another user holds. It must answer as it does for ids that nobody has, and leave the victim's rows as they are.
func TestNoStatementReachesAnothersRows(t *testing.T) {
	t.Parallel()
	a := newAttack(t)
	a.Work()
	p := newPrey(t, a)
	s := statements{prey: p, real: p.arguments(t), before: p.rows(t)}
	eve, err := postgres.Session(t.Context(), p.DB.App, "eve")
	require.NoError(t, err)
	s.own = eve.ID.String()

	idle, all := 0, s.names(reflect.TypeFor[*app.Queries]())
	for _, name := range all {
		if !s.works(t, name) {
			idle++
			t.Log("does nothing for the victim:", name)
		}
		s.tryAsAnother(t, name, func(tx pgx.Tx) reflect.Value { return reflect.ValueOf(app.New(tx)).MethodByName(name) })
	}
	assert.Greater(t, len(all), 80)
	assert.Less(t, idle, len(all)/3, "most statements do something for the victim")
	for _, name := range s.names(reflect.TypeFor[*system.Queries]()) {
		s.tryAsAnother(t, "system."+name,
			func(tx pgx.Tx) reflect.Value { return reflect.ValueOf(system.New(tx)).MethodByName(name) })
	}
	assert.Equal(t, s.before, p.rows(t))
	t.Logf("security-count: tries=%d leaks=%d", a.tries, a.leaks)
}

// arguments are values of parameters, in rounds: each parameter takes the value of the round, so that every object
// of the victim has its turn.
type arguments struct {
	user, session string
	ids           []uuid.UUID
	texts         []string
	numbers       []int64
}

// arguments reads the ids of everything that is stored of the victim.
func (p *prey) arguments(t *testing.T) arguments {
	t.Helper()
	args := arguments{user: victim, texts: []string{"https://" + secret + ".example", "openai", "blog", victim}}
	owner := p.asOwner(t)
	require.NoError(t, owner.QueryRow(t.Context(), "select id from onboarding_sessions where user_id = $1", victim).
		Scan(&args.session))
	rows, err := owner.Query(t.Context(), "select id from submissions where user_id = $1 union select $2::uuid", victim,
		args.session)
	require.NoError(t, err)
	args.ids, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	require.NoError(t, err)
	rows, err = owner.Query(t.Context(), `select job_id from submissions where user_id = $1
		union select id from website_analyses where user_id = $1 union select id from business_info where user_id = $1`, victim)
	require.NoError(t, err)
	args.numbers, err = pgx.CollectRows(rows, pgx.RowTo[int64])
	require.NoError(t, err)
	rows, err = owner.Query(t.Context(), "select key from idempotency_keys where user_id = $1", victim)
	require.NoError(t, err)
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	args.texts = append(args.texts, keys...)
	return args
}

// nobodys are arguments of the same shape that belong to nobody.
func (a arguments) nobodys() arguments {
	none := arguments{user: "user_nobody", session: uuid.NewString()}
	for range a.ids {
		none.ids = append(none.ids, uuid.New())
	}
	for i := range a.numbers {
		none.numbers = append(none.numbers, int64(900_000+i))
	}
	for i := range a.texts {
		none.texts = append(none.texts, fmt.Sprintf("nothing-%d", i))
	}
	return none
}

// masked are values with those that were arguments replaced: some statements return what they were asked for.
func (a arguments) masked(values []string) []string {
	given := append([]string{a.user, a.session}, a.texts...)
	for _, id := range a.ids {
		given = append(given, id.String())
	}
	for _, number := range a.numbers {
		given = append(given, strconv.FormatInt(number, 10))
	}
	masked := slices.Clone(values)
	for i, value := range masked {
		if slices.Contains(given, value) {
			masked[i] = "?"
		}
	}
	return masked
}

func (a arguments) rounds() int { return max(len(a.ids), len(a.texts), len(a.numbers)) }

// value returns what a parameter of a type and a name takes in a round.
func (a arguments) value(of reflect.Type, name string, round int) reflect.Value {
	set := reflect.New(of).Elem()
	switch {
	case of == reflect.TypeFor[uuid.UUID]():
		id := a.ids[round%len(a.ids)]
		if strings.Contains(name, "Session") {
			id = uuid.MustParse(a.session)
		}
		set.Set(reflect.ValueOf(id))
	case of == reflect.TypeFor[time.Time]():
		set.Set(reflect.ValueOf(time.Now().Add(time.Hour)))
	case of == reflect.TypeFor[onboarding.StepNumber]():
		set.SetInt(int64(round%onboarding.StepCount) + 1)
	case of.Kind() == reflect.Struct:
		for i := range of.NumField() {
			set.Field(i).Set(a.value(of.Field(i).Type, of.Field(i).Name, round))
		}
	case of.Kind() == reflect.Pointer:
		set.Set(reflect.New(of.Elem()))
		set.Elem().Set(a.value(of.Elem(), name, round))
	case of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Uint8:
		set.SetBytes([]byte(`{}`))
	case of.Kind() == reflect.Slice:
		for i := range a.rounds() {
			set.Set(reflect.Append(set, a.value(of.Elem(), name, i)))
		}
	case of.Kind() == reflect.String:
		set.SetString(a.text(of, name, round))
	case of.Kind() == reflect.Bool:
		set.SetBool(round%2 == 0)
	case set.CanInt():
		set.SetInt(a.number(of, round))
	case set.CanFloat():
		set.SetFloat(100)
	}
	return set
}

// kinds are values that closed sets of texts take.
var kinds = map[reflect.Type][]string{
	reflect.TypeFor[onboarding.Provider]():         {"openai"},
	reflect.TypeFor[onboarding.Kind]():             {"website_analysis", "persona_generation", "personalization_inputs"},
	reflect.TypeFor[onboarding.StepStatus]():       {"completed", "pending"},
	reflect.TypeFor[onboarding.SubmissionStatus](): {"completed", "in_progress"},
	reflect.TypeFor[onboarding.KeyStatus]():        {"valid"},
	reflect.TypeFor[onboarding.FailureCode]():      {"internal_error"},
}

func (a arguments) text(of reflect.Type, name string, round int) string {
	if name == "After" {
		return "user_" // a cursor names a place in the order, no user
	}
	if set := kinds[of]; set != nil {
		return set[round%len(set)]
	}
	if strings.Contains(name, "User") || strings.Contains(name, "Actor") {
		return a.user
	}
	return a.texts[round%len(a.texts)]
}

func (a arguments) number(of reflect.Type, round int) int64 {
	if of.Kind() != reflect.Int64 {
		return 1
	}
	return a.numbers[round%len(a.numbers)]
}

// statements are those of a generated package, tried with the victim's arguments.
type statements struct {
	*prey
	real   arguments
	before []string
	// own is the session of the other user, who may see it.
	own string
}

func (s *statements) names(of reflect.Type) (names []string) {
	for method := range of.Methods() {
		if method.Name != "WithTx" {
			names = append(names, method.Name)
		}
	}
	return names
}

// outcome is what a statement did: the values that it returned, whether it wrote, and the victim's rows then.
type outcome struct {
	values []string
	wrote  bool
	rows   []string
}

var errRollBack = errors.New("roll back")

// fresh are the statements whose answers differ from call to call.
var fresh = []string{"QueueJob", "system.WatchDatabase"}

// call calls a statement in a transaction of a user, which is rolled back.
func (s *statements) call(
	t *testing.T, userID string, args arguments, round int, method func(pgx.Tx) reflect.Value,
) (did outcome) {
	t.Helper()
	err := postgres.InTx(t.Context(), s.DB.App, userID, func(tx pgx.Tx, _ *postgres.Queries) error {
		call := method(tx)
		in := []reflect.Value{reflect.ValueOf(t.Context())}
		for i := 1; i < call.Type().NumIn(); i++ {
			in = append(in, args.value(call.Type().In(i), "", round))
		}
		out := call.Call(in)
		if err, failed := out[len(out)-1].Interface().(error); failed && err != nil {
			did.values = []string{"error"}
			return errRollBack
		}
		for _, value := range out[:len(out)-1] {
			did.values = leaves(did.values, value)
		}
		return errors.Join(s.note(t.Context(), tx, &did), errRollBack)
	})
	require.ErrorIs(t, err, errRollBack)
	return did
}

// note reads the victim's rows within a transaction that has written.
func (s *statements) note(ctx context.Context, tx pgx.Tx, did *outcome) error {
	err := tx.QueryRow(ctx, "select pg_current_xact_id_if_assigned() is not null").Scan(&did.wrote)
	if err != nil || !did.wrote {
		return err
	}
	var query string
	if _, err := tx.Exec(ctx, "set local role none"); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, stored).Scan(&query); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, query+" order by 1", victim)
	if err != nil {
		return err
	}
	did.rows, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return err
}

// leaves appends the values within a value, as text. Times and shares differ from call to call.
func leaves(found []string, value reflect.Value) []string {
	switch {
	case !value.IsValid():
		return found
	case value.Type() == reflect.TypeFor[time.Time]() || value.CanFloat():
		return append(found, "now")
	case value.Type() == reflect.TypeFor[uuid.UUID]():
		return append(found, fmt.Sprint(value.Interface()))
	case value.Kind() == reflect.Slice && value.Type().Elem().Kind() == reflect.Uint8:
		return append(found, string(value.Bytes()))
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		return leaves(found, value.Elem())
	case reflect.Struct:
		for i := range value.NumField() {
			found = leaves(found, value.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range value.Len() {
			found = leaves(found, value.Index(i))
		}
	case reflect.Map:
		for _, key := range value.MapKeys() {
			found = leaves(leaves(found, key), value.MapIndex(key))
		}
	default:
		found = append(found, fmt.Sprint(value))
	}
	return found
}

// works reports whether a statement returns or changes something for the victim's own setting.
func (s *statements) works(t *testing.T, name string) bool {
	t.Helper()
	for round := range s.real.rounds() {
		did := s.call(t, victim, s.real, round,
			func(tx pgx.Tx) reflect.Value { return reflect.ValueOf(app.New(tx)).MethodByName(name) })
		if did.wrote || len(did.values) > 0 && did.values[0] != "error" {
			return true
		}
	}
	return false
}

// tryAsAnother calls a statement for the setting of another user, and compares it with what nobody's ids give.
func (s *statements) tryAsAnother(t *testing.T, name string, method func(pgx.Tx) reflect.Value) {
	t.Helper()
	none := s.real.nobodys()
	for round := range s.real.rounds() {
		got, without := s.call(t, "eve", s.real, round, method), s.call(t, "eve", none, round, method)
		s.tries++
		isOwn := func(value string) bool { return value == s.own || value == "eve" }
		got.values, without.values = slices.DeleteFunc(got.values, isOwn), slices.DeleteFunc(without.values, isOwn)
		var fault string
		switch found, nothing := s.real.masked(got.values), none.masked(without.values); {
		case strings.Contains(strings.Join(got.values, "\n"), secret):
			fault = "returns the victim's data: " + strings.Join(got.values, " ")
		case !slices.Equal(found, nothing) && !slices.Contains(fresh, name):
			fault = fmt.Sprintf("returns %v, for nobody's ids %v", found, nothing)
		case got.wrote && !slices.Equal(s.before, got.rows):
			fault = "changes the victim's rows"
		default:
			continue
		}
		s.leaks++
		t.Errorf("%s (round %d) %.300s", name, round, fault)
		return
	}
}
