package ops

import (
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// NewRegistry returns a registry with the metrics of the Go runtime and of the
// operating system's process, and onboarding_build_info.
func NewRegistry(process string) *prometheus.Registry {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "onboarding_build_info",
		Help: "Always 1; the labels say what is running.",
		ConstLabels: prometheus.Labels{
			"process": process, "version": Version(), "revision": buildSetting("vcs.revision"),
		},
	})
	build.Set(1)
	reg := prometheus.NewRegistry()
	reg.MustRegister(
		build,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return reg
}

// version is set by the linker, see the Makefile.
var version = "dev"

// Version returns the version that the binary was built as, "dev" if it was built without one.
func Version() string { return version }

// buildSetting returns what the Go toolchain recorded under key, or "".
func buildSetting(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, setting := range info.Settings {
		if setting.Key == key {
			return setting.Value
		}
	}
	return ""
}
