package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/cmd/worker"
)

// invoke runs a command line as the program does. The context has ended, so that
// nothing is reached outside.
func invoke(t *testing.T, line string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, diagnostics bytes.Buffer
	code = worker.Main(ctx, strings.Fields(line), strings.NewReader(""), &out, &diagnostics)
	return code, out.String(), diagnostics.String()
}

// commandHelp names what the help of each command lists: subcommands, flags and
// examples.
var commandHelp = map[string][]string{
	"": {
		"run", "migrate", "maintain", "check", "doctor", "report", "bulk", "dead", "analyze", "keys", "rotate-keys",
		"fingerprint", "version",
	},
	"run":      {"SHUTDOWN_GRACE", "deploy/systemd/settings.example"},
	"migrate":  {"up", "status", "MIGRATE_DATABASE_URL", "CREATEROLE"},
	"maintain": {"KEEP_STEP_EVENTS_DAYS", "once a week"},
	"check":    {"-json", "check: ok=N warn=N fail=N skip=N"},
	"doctor":   {"-repair"},
	"report":   {"-since", "30d", "-json", "report: sessions=N started=N finished=N"},
	"bulk": {
		"reset", "retry-failed", "rebuild-inputs", "delete", "list", "show", "cancel", "-file", "-detach", "-yes",
		"-items", "-status",
		"bulk: id=ID operation=reset status=completed users=N done=N unchanged=N missing=N failed=N cancelled=N",
	},
	"dead": {
		"list", "show", "replay", "-kind", "-code", "-user", "-since", "-unreplayed", "-limit", "-all", "-dry-run",
		"dead: replayed=N already_replayed=N refused=N",
	},
	"analyze": {
		"-o", "json", "table", "-text", "-allow", "127.0.0.1/32", "FETCH_ALLOW_PREFIXES",
		"worker analyze https://example.com", "worker analyze -o table ./site", "worker analyze -text article.html", "-rules",
	},
	"keys": {
		"create", "add", "list", "promote", "drop", "encrypt", "-unchecked", "FILE", "NEWFILE", "KEY", "SEAL_KMS_URI",
		"rotate-keys",
	},
	"rotate-keys": {"-batch", "100", "-dry-run", "10000"},
	"fingerprint": {"USER"},
	"version":     {"version"},
}

func TestHelp(t *testing.T) {
	for command, names := range commandHelp {
		for _, flag := range []string{" -h", " --help"} {
			code, stdout, stderr := invoke(t, command+flag)
			assert.Zero(t, code, command+flag)
			assert.Empty(t, stderr, command+flag)
			assert.True(t, strings.HasPrefix(stdout, strings.TrimSpace("Usage: worker "+command)), stdout)
			for _, name := range names {
				assert.Regexp(t, `(^|[^\w])`+regexp.QuoteMeta(name)+`($|[^\w])`, stdout, command+flag)
			}
		}
	}
	_, help, _ := invoke(t, "-h")
	for _, line := range []string{"", "help"} {
		code, stdout, stderr := invoke(t, line)
		assert.Zero(t, code)
		assert.Equal(t, help, stdout)
		assert.Empty(t, stderr)
	}
}

// wrongLines are refused with exit code 2 and the message, before any setting is read.
var wrongLines = map[string]string{
	"frobnicate":                        `nknown command "frobnicate"`,
	"-nope":                             "-nope",
	"run extra":                         `worker run takes no argument "extra"`,
	"run -nope":                         "-nope",
	"migrate down":                      `unknown command "down"`,
	"migrate up twice":                  `worker migrate up takes no argument "twice"`,
	"migrate -nope":                     "-nope",
	"maintain now":                      `worker maintain takes no argument "now"`,
	"check all":                         `worker check takes no argument "all"`,
	"check -nope":                       "-nope",
	"doctor -repair all":                `worker doctor takes no argument "all"`,
	"doctor -nope":                      "-nope",
	"report x":                          `worker report takes no argument "x"`,
	"report -since":                     "-since",
	"report -since 0d":                  "from 1m to 3660d",
	"report -since 5s":                  "from 1m to 3660d",
	"report -since 9999d":               "from 1m to 3660d",
	"report -since soon":                "days (30d) or a duration (36h)",
	"bulk":                              "name a command",
	"bulk burn ann":                     `"burn"`,
	"bulk reset":                        "name the users",
	"bulk reset -file x ann":            "not both",
	"bulk reset ann -nope":              "-nope",
	"bulk delete ann":                   "-yes",
	"bulk list ann":                     `worker bulk list takes no argument "ann"`,
	"bulk show":                         "worker bulk show takes the id of one operation",
	"bulk show nobody":                  `"nobody" is no id of an operation`,
	"bulk cancel":                       "worker bulk cancel takes the id of one operation",
	"dead":                              "name a command",
	"dead bury":                         `"bury"`,
	"dead list -limit 0":                "between 1 and 10000",
	"dead list -limit many":             "many",
	"dead list -code all_well":          `no dead job has the code "all_well"`,
	"dead list -since soon":             "days (30d) or a duration (36h)",
	"dead list -nope":                   "-nope",
	"dead show":                         "worker dead show takes the id of one dead job",
	"dead show nobody":                  `"nobody" is no id of a dead job`,
	"dead replay":                       "name dead jobs",
	"dead replay -all " + someID:        "not both",
	"dead replay -kind x " + someID:     "not both",
	"analyze":                           "name a URL",
	"analyze a b":                       "only one",
	"analyze -o xml a":                  "json or table",
	"analyze -allow localhost a":        "127.0.0.1/32",
	"analyze -nope a":                   "-nope",
	"keys":                              "create",
	"keys lose ring.json":               `unknown command "lose"`,
	"keys create":                       "needs the file",
	"keys create ring.json extra":       `takes no argument "extra"`,
	"keys add ring.json extra":          `takes no argument "extra"`,
	"keys list ring.json extra":         `takes no argument "extra"`,
	"keys promote ring.json nothing":    "nothing",
	"keys promote ring.json 0a1b2c3d 2": `takes no argument "2"`,
	"keys drop -unchecked":              "needs the file",
	"keys drop -nope ring.json":         "-nope",
	"keys encrypt ring.json":            "the file to write",
	"keys encrypt ring.json new.json x": `takes no argument "x"`,
	"rotate-keys x":                     `worker rotate-keys takes no argument "x"`,
	"rotate-keys -batch 0":              "-batch must be between 1 and 10000",
	"rotate-keys -batch 10001":          "-batch must be between 1 and 10000",
	"rotate-keys -batch few":            "few",
	"fingerprint":                       "name a user",
	"fingerprint -nope ann":             "-nope",
	"version now":                       `worker version takes no argument "now"`,
	"version -nope":                     "-nope",
}

const someID = "0197c1d2-0000-7000-8000-000000000000"

func TestWrongCommandLines(t *testing.T) {
	t.Setenv("DATABASE_URL", "no address")
	for line, message := range wrongLines {
		code, stdout, stderr := invoke(t, line)
		assert.Equal(t, 2, code, line)
		assert.Empty(t, stdout, line)
		assert.Contains(t, stderr, message, line)
		assert.Contains(t, stderr, "worker "+knownCommand(line), line)
		assert.NotContains(t, stderr, "DATABASE_URL must", line)
	}
}

// knownCommand returns the command of a line, "" if there is none.
func knownCommand(line string) string {
	name := strings.Fields(line)[0]
	if _, known := commandHelp[name]; !known {
		return ""
	}
	return name
}

// rightLines are understood: what they are refused for is a setting, or a file or a
// website that is not there.
var rightLines = []string{
	"run", "migrate", "migrate up", "migrate status", "maintain", "check", "check -json", "check --json",
	"check -json=true",
	"doctor", "doctor -repair", "report", "report -since 36h", "report -since=30d", "report --since 90m -json",
	"bulk reset ann bob", "bulk retry-failed -file users.txt", "bulk rebuild-inputs -file=users.txt -detach",
	"bulk delete -yes ann",
	"bulk delete ann bob --yes", "bulk reset -- -ann", "bulk list", "bulk show " + someID,
	"bulk show " + someID + " -items -status failed", "bulk cancel " + someID,
	"dead list", "dead list -kind website_analysis -code worker_lost -user ann -since 7d -unreplayed -limit 10",
	"dead show " + someID, "dead replay " + someID + " -dry-run", "dead replay -all -kind website_analysis --dry-run",
	"analyze http://127.0.0.1:1", "analyze -o table ./site", "analyze ./site -o table", "analyze -o=json ./site",
	"analyze --o table ./site",
	"analyze -text article.html", "analyze --text article.html",
	"analyze -allow 127.0.0.1/32 -allow 10.0.0.1 http://127.0.0.1:1",
	"keys list ring.json", "keys add ring.json", "keys promote ring.json", "keys promote ring.json 0a1b2c3d",
	"keys drop ring.json",
	"keys drop -unchecked ring.json 0a1b2c3d 4e5f6071", "keys encrypt ring.json new.json",
	"rotate-keys", "rotate-keys -dry-run", "rotate-keys -batch 10 --dry-run", "fingerprint ann bob",
}

func TestRightCommandLines(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	for _, line := range rightLines {
		code, _, stderr := invoke(t, line)
		assert.Equal(t, 1, code, "%s: %s", line, stderr)
		assert.NotContains(t, stderr, "Usage:", line)
	}
	code, stdout, stderr := invoke(t, "keys create ring.json")
	assert.Zero(t, code, stderr)
	assert.Contains(t, stdout, "keys: created ring.json")
	code, stdout, stderr = invoke(t, "version")
	assert.Zero(t, code, stderr)
	assert.Equal(t, 1, strings.Count(stdout, "\n"))
}

// documented finds the command lines of this program in documents.
var documented = regexp.MustCompile("(?:`|^(?:\\.bin/)?)worker ((?:[a-z][a-z-]*)(?: [^`#\n]+)?)(?:`|\n| +#)")

// The program understands the command lines of the documents.
func TestDocumentedCommandLines(t *testing.T) {
	var lines []string
	root := filepath.Join("..", "..")
	pages := []string{filepath.Join(root, "README.md"), filepath.Join(root, "AGENTS.md")}
	require.NoError(t, filepath.WalkDir(filepath.Join(root,
		"docs"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	}))
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			for _, found := range documented.FindAllStringSubmatch(line, -1) {
				if strings.Contains(found[0], "`") || knownCommand(found[1]) != "" { // a sentence may begin with the word
					lines = append(lines, found[1])
				}
			}
		}
	}
	require.Greater(t, len(lines), 60)
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	placeholders := strings.NewReplacer("USER...", "ann", "OPERATION", "reset", "USERS", "users.txt",
		"URL|FILE.html|FOLDER", "./site",
		"ID", someID, "KIND", "website_analysis", "CODE", "worker_lost", "https://example.com", "./site")
	for _, line := range lines {
		code, _, stderr := invoke(t, placeholders.Replace(line))
		if code == 2 { // a command is named there without its arguments
			assert.Regexp(t, `^(name|worker \w+( \w+)? (needs|takes the id))`, stderr, "worker "+line)
		}
	}
}
