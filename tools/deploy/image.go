package main

import (
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// image is what the last stage of the Dockerfile makes.
type image struct {
	environ map[string]string
	user    string
	labels  map[string]string
	health  []string
	args    []string
	// build are the commands of the stages before.
	build []string
	// copies are the pairs of source and destination.
	copies [][2]string
}

// readImage reads the instructions that the Dockerfile uses; others are refused.
func readImage(path string) (image, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return image{}, err
	}
	i := image{}
	text := strings.ReplaceAll(string(content), "\\\n", " ")
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		switch words[0] {
		case "FROM":
			i = image{environ: map[string]string{}, labels: map[string]string{}, build: i.build}
		case "ENV":
			maps.Copy(i.environ, pairs(words[1:]))
		case "LABEL":
			maps.Copy(i.labels, pairs(splitQuoted(strings.TrimPrefix(strings.TrimSpace(line), "LABEL"))))
		case "HEALTHCHECK":
			_, command, _ := strings.Cut(line, "CMD ")
			if err := json.Unmarshal([]byte(command), &i.health); err != nil {
				return image{}, fmt.Errorf("the health check of the Dockerfile needs a shell: %w", err)
			}
		case "USER":
			i.user = words[1]
		case "ARG":
			i.args = append(i.args, words[1])
		case "COPY":
			paths := slices.DeleteFunc(words[1:], func(w string) bool { return strings.HasPrefix(w, "--") })
			i.copies = append(i.copies, [2]string{paths[0], paths[len(paths)-1]})
		case "RUN":
			i.build = append(i.build, strings.Join(words[1:], " "))
		case "WORKDIR":
		default:
			return image{}, fmt.Errorf("the Dockerfile has the instruction %s, which this check does not know", words[0])
		}
	}
	return i, nil
}

// pairs reads NAME=VALUE, the value in quotes or not.
func pairs(words []string) map[string]string {
	read := map[string]string{}
	for _, word := range words {
		if name, value, ok := strings.Cut(word, "="); ok {
			read[name] = strings.Trim(value, `"`)
		}
	}
	return read
}

// splitQuoted splits at spaces outside double quotes.
func splitQuoted(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}

// checkImage holds the Dockerfile to what the documents and the walks say of the image.
func checkImage(_ context.Context, o options, r *report) {
	i, err := readImage(filepath.Join(o.tree, "Dockerfile"))
	if err == nil {
		err = errors.Join(
			want(i.user == "65532:65532", "USER is %q, not 65532:65532", i.user),
			want(slices.ContainsFunc(i.build, func(command string) bool {
				return strings.Contains(command, "CGO_ENABLED=0") && strings.Contains(command, "/internal/ops.version=$VERSION")
			}), "the programs are built without the version, or not static"),
			want(slices.Contains(i.args, "VERSION=dev"), "the last stage has no ARG VERSION=dev"),
			want(len(i.health) > 1 && i.health[0] == "worker" && i.health[1] == "health", "there is no health check by our own program"),
			want(i.labels["org.opencontainers.image.version"] == "$VERSION", "the label of the version is not $VERSION"),
			want(i.labels["org.opencontainers.image.source"] != "", "there is no label of the source"),
			want(i.labels["org.opencontainers.image.licenses"] == "MIT", "there is no label of the licence"),
			want(i.environ["PATH"] == "/usr/local/bin", "PATH does not name the programs' folder"),
			want(slices.ContainsFunc(i.copies, func(c [2]string) bool { return c[1] == "/etc/ssl/certs/" }), "there are no CA certificates"),
		)
	}
	r.add("Dockerfile: not root, labels, version by argument", err)
	for _, program := range []string{"api", "worker"} {
		r.add(program+" is static", static(filepath.Join(o.programs, program)))
	}
}

func static(path string) error {
	file, err := elf.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP {
			return errors.New("it needs a dynamic linker")
		}
	}
	return nil
}

// want returns an error unless a condition holds.
func want(holds bool, format string, values ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(format, values...)
}

// cell returns a cell of the image with an environment that is added to the image's. data is the machine's folder that is
// /data, "" for the empty read-only one of the image.
func (w *world) imageCell(environ map[string]string, args []string, data string) cell {
	merged := maps.Clone(w.program.environ)
	maps.Copy(merged, environ)
	c := cell{Args: args, Mounts: []mount{
		{From: w.programs, To: "/usr/local/bin"},
		{From: w.authorities(), To: "/etc/ssl/certs"},
	}}
	if data == "" {
		data = filepath.Join(w.folder, "nothing")
		_ = os.Mkdir(data, 0o755) //nolint:gosec // as in the image
		c.Mounts = append(c.Mounts, mount{From: data, To: "/data"})
	} else {
		c.Mounts = append(c.Mounts, mount{From: data, To: "/data", Writable: true})
	}
	for name, value := range merged {
		c.Environ = append(c.Environ, name+"="+value)
	}
	slices.Sort(c.Environ)
	return c
}
