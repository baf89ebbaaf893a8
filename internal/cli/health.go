package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// healthTimeout bounds a health check. Supervisors ask every few seconds.
const healthTimeout = 3 * time.Second

// HealthCommand returns the command "health", which asks the process of METRICS_ADDR, or of defaultAddress on this
// machine, whether it is ready. It is for supervisors that start a program: images without a shell have no other.
// otherAddress is the default of the other program, for a container that runs either.
func HealthCommand(defaultAddress, otherAddress string) *cobra.Command {
	alive, either := false, false
	command := &cobra.Command{
		Use: "health", Short: "report whether the process at METRICS_ADDR is ready", Args: NoArgs,
		Long: "Ask the process that runs with the same METRICS_ADDR for /readyz. The exit code is 0 if it is ready, else 1.",
		RunE: func(c *cobra.Command, _ []string) error {
			path := "/readyz"
			if alive {
				path = "/healthz"
			}
			address := os.Getenv("METRICS_ADDR")
			said, err := askHealth(c.Context(), cmp.Or(address, defaultAddress), path)
			if either && address == "" && err != nil {
				var otherErr error
				if said, otherErr = askHealth(c.Context(), otherAddress, path); otherErr == nil {
					err = nil
				}
			}
			if err == nil {
				_, err = fmt.Fprintln(c.OutOrStdout(), said)
			}
			return err
		},
	}
	command.Flags().BoolVar(&alive, "alive", false, "ask whether the process is alive (/healthz) instead")
	command.Flags().BoolVar(&either, "either", false,
		"ask the other program if this one does not answer at its default address: for containers that run one of them")
	return command
}

// askHealth returns the first line of the answer. An address without a host is on this machine.
func askHealth(ctx context.Context, address, path string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("METRICS_ADDR is not HOST:PORT: %w", err)
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	url := "http://" + net.JoinHostPort(host, port) + path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil) //nolint:gosec // the operator names it
	if err != nil {
		return "", err
	}
	client := http.Client{Timeout: healthTimeout}
	response, err := client.Do(request) //nolint:gosec // see above
	if err != nil {
		return "", fmt.Errorf("nothing answers at %s: %w", address, err)
	}
	defer response.Body.Close()
	const most = 4 << 10
	body, err := io.ReadAll(io.LimitReader(response.Body, most))
	said, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	if response.StatusCode != http.StatusOK {
		return "", errors.Join(fmt.Errorf("not ready: %s %s", response.Status, said), err)
	}
	return said, err
}
