package patroni

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"
)

// The settings that decide how long a failover takes and that nothing is lost in it.
//
//go:embed node.yml
var nodeConfig string

// haproxyConfig leads to the node whose agent says that it holds the leader's key, and ends the connections to
// one that doesn't any more.
//
//go:embed haproxy.cfg
var haproxyConfig string

func render(text string, values any) (string, error) {
	t, err := template.New("settings").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("read the template of settings: %w", err)
	}
	var out strings.Builder
	if err := t.Execute(&out, values); err != nil {
		return "", fmt.Errorf("write settings: %w", err)
	}
	return out.String(), nil
}
