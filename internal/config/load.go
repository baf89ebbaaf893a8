package config

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Options says where settings come from.
type Options struct {
	// Environment replaces the environment of the process; nil means the latter.
	Environment map[string]string
}

// The ports for metrics, where METRICS_ADDR names none, differ so that both processes run on one machine.
const (
	APIMetricsPort    = ":9101"
	WorkerMetricsPort = ":9102"
)

// LoadAPI reads the settings of the API process.
func LoadAPI(o Options) (API, error) {
	var c API
	err := load(&c, o, func(r *rules) {
		c.MetricsAddr = c.metricsAddr(APIMetricsPort)
		c.Seal = c.orLocalRing(c.Base)
		if c.Deploy != Local {
			c.EnvFile = ""
		}
		c.check(r)
	})
	return c, err
}

// LoadWorker reads the settings of the worker process.
func LoadWorker(o Options) (Worker, error) {
	return loadWorker(o, func(c Worker, r *rules) { c.Seal.check(r) })
}

// LoadMigration reads the settings of the worker for commands that open no API
// key, so that the key ring may be missing.
func LoadMigration(o Options) (Worker, error) {
	return loadWorker(o, func(Worker, *rules) {})
}

func loadWorker(o Options, check func(Worker, *rules)) (Worker, error) {
	var c Worker
	err := load(&c, o, func(r *rules) {
		c.MetricsAddr = c.metricsAddr(WorkerMetricsPort)
		c.Seal = c.orLocalRing(c.Base)
		c.check(r)
		check(c, r)
	})
	return c, err
}

// LoadCheck reads the settings of the command that verifies a deployment. What it
// returns beside an error is what could be read: the command goes on with that.
func LoadCheck(o Options) (Check, error) {
	var c Check
	err := load(&c, o, func(r *rules) {
		c.MetricsAddr = c.metricsAddr(WorkerMetricsPort)
		c.Seal = c.orLocalRing(c.Base)
		c.Worker.check(r)
		c.Seal.check(r)
		if c.AuthIssuer != "" || c.AuthJWKSURL != "" {
			c.Issuer.check(r, c.Deploy)
		}
	})
	return c, err
}

// LoadKeys reads the settings of the commands that change a key ring.
func LoadKeys(o Options) (Keys, error) {
	var c Keys
	err := load(&c, o, func(r *rules) { c.check(r) })
	return c, err
}

// orLocalRing names the key ring of a developer's machine where none is named.
func (c Seal) orLocalRing(b Base) Seal {
	if b.Deploy == Local && c.SealKeys == "" && c.SealKeysFile == "" {
		c.SealKeysFile = filepath.Join(b.DataDir, localKeyRing)
	}
	return c
}

// LoadTool reads the settings of commands that need no database. allow holds
// address ranges of the flag -allow: they join FetchAllowPrefixes and obey the
// same rules.
func LoadTool(o Options, allow ...netip.Prefix) (Tool, error) {
	var c Tool
	err := load(&c, o, func(r *rules) {
		c.check(r)
		checkPrefixes(r, "-allow", allow, c.Deploy)
	})
	c.FetchAllowPrefixes = slices.Concat(c.FetchAllowPrefixes, allow)
	return c, err
}

// metricsAddr returns where the metrics are served: on every interface in
// production, where something else collects them, and else on the machine itself
// only.
func (c Common) metricsAddr(port string) string {
	switch {
	case c.MetricsAddr != "":
		return c.MetricsAddr
	case c.Deploy == Local:
		return "127.0.0.1" + port
	default:
		return port
	}
}

// Error lists everything that is wrong with the settings, one sentence each.
type Error struct {
	Sentences []string
}

func (e *Error) Error() string {
	return "the settings are not usable: " + strings.Join(e.Sentences, " ")
}

// load fills target, then checks it. All that is wrong is reported at once.
func load(target any, o Options, check func(*rules)) error {
	r := &rules{}
	environment := o.settings()
	r.readFiles(target, environment)
	err := env.ParseWithOptions(target, env.Options{Environment: environment, FuncMap: map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[[]string]():       parseList(func(s string) (string, error) { return s, nil }),
		reflect.TypeFor[[]netip.Prefix](): parseList(netip.ParsePrefix),
	}})
	if err != nil {
		r.unreadable(target, err)
	}
	check(r)
	if len(r.sentences) == 0 {
		return nil
	}
	return &Error{Sentences: r.sentences}
}

// parseList reads a comma-separated list, white space around its values ignored.
func parseList[T any](parse func(string) (T, error)) env.ParserFunc {
	return func(raw string) (any, error) {
		var list []T
		for part := range strings.SplitSeq(raw, ",") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			value, err := parse(part)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	}
}

// settings returns the environment without empty values: an empty setting counts
// as unset everywhere.
func (o Options) settings() map[string]string {
	settings := maps.Clone(o.Environment)
	if o.Environment == nil {
		settings = env.ToMap(os.Environ())
	}
	maps.DeleteFunc(settings, func(_, value string) bool { return strings.TrimSpace(value) == "" })
	return settings
}

// maxSecretBytes bounds the file of a secret.
const maxSecretBytes = 64 << 10

// readFiles puts the secrets that stand in files, as orchestrators mount them, into the
// environment.
func (r *rules) readFiles(target any, environment map[string]string) {
	for field := range settingFields(reflect.ValueOf(target).Elem()) {
		path, named := environment[field.file]
		if field.file == "" || !named {
			continue
		}
		if _, twice := environment[field.key]; twice {
			r.add("%s and %s must not both be set.", field.key, field.file)
			continue
		}
		content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if text := strings.TrimSpace(string(content)); err == nil && text != "" && len(text) <= maxSecretBytes {
			environment[field.key] = text
			continue
		}
		r.broken = append(r.broken, field.key)
		r.add("%s must name a file that holds %s and can be read.", field.file, field.key)
	}
}

// unreadable adds a sentence for each setting that could not be parsed. The
// parser's own message is left out: it repeats the value.
func (r *rules) unreadable(target any, err error) {
	keys := map[string]string{}
	for field := range settingFields(reflect.ValueOf(target).Elem()) {
		keys[field.name] = field.key
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		all.Errors = []error{err}
	}
	for _, e := range all.Errors {
		var parse env.ParseError
		if !errors.As(e, &parse) {
			r.add("%v.", e)
			continue
		}
		key := keys[parse.Name]
		r.broken = append(r.broken, key)
		r.add("%s must be %s.", key, expected(parse.Type))
	}
}

// expected says in words what a setting of type t looks like.
func expected(t reflect.Type) string {
	return map[string]string{
		"slog.Level":     "debug, info, warn or error",
		"time.Duration":  "a duration such as 20s",
		"[]netip.Prefix": "a comma-separated list of address ranges such as 127.0.0.0/8",
		"int":            "a whole number",
		"bool":           "true or false",
	}[t.String()]
}

// rules collects what is wrong.
type rules struct {
	sentences []string
	// broken holds the settings that could not be parsed; their zero values are
	// not checked again.
	broken []string
}

func (r *rules) add(format string, args ...any) {
	r.sentences = append(r.sentences, fmt.Sprintf(format, args...))
}

// require adds the sentence unless ok, for a setting that could be parsed.
func (r *rules) require(ok bool, key, sentence string) {
	if !ok && !slices.Contains(r.broken, key) {
		r.add("%s %s", key, sentence)
	}
}
