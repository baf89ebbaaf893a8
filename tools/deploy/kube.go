package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// kinds are the types that rendered objects are decoded into, field by field. What isn't here is checked by the schema of
// its resource definition, or refused.
var kinds = map[string]func() any{
	"apps/v1 Deployment":                      func() any { return &apps.Deployment{} },
	"batch/v1 Job":                            func() any { return &batch.Job{} },
	"batch/v1 CronJob":                        func() any { return &batch.CronJob{} },
	"v1 Secret":                               func() any { return &core.Secret{} },
	"v1 Service":                              func() any { return &core.Service{} },
	"networking.k8s.io/v1 Ingress":            func() any { return &networking.Ingress{} },
	"networking.k8s.io/v1 NetworkPolicy":      func() any { return &networking.NetworkPolicy{} },
	"policy/v1 PodDisruptionBudget":           func() any { return &policy.PodDisruptionBudget{} },
	"monitoring.coreos.com/v1 PrometheusRule": func() any { return &monitoring.PrometheusRule{} },
	"monitoring.coreos.com/v1 ServiceMonitor": func() any { return &monitoring.ServiceMonitor{} },
}

// object is a rendered object.
type object struct {
	kind, name string
	hook       string // the annotation helm.sh/hook
	value      any
	raw        []byte
}

const releaseName, namespace = "onboarding", "alwrity"

func chartFolder(o options) string { return filepath.Join(o.tree, "deploy", "chart") }

// loadValues reads values of the chart's folder ci over its defaults, and holds them to the schema.
func loadValues(o options, name string) (*chart.Chart, chartutil.Values, error) {
	c, err := loader.Load(chartFolder(o))
	if err != nil {
		return nil, nil, err
	}
	own, err := chartutil.ReadValuesFile(filepath.Join(chartFolder(o), "ci", name))
	if err != nil {
		return nil, nil, err
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = chartutil.KubeVersion{Version: "v1.34.0", Major: "1", Minor: "34"}
	values, err := chartutil.ToRenderValuesWithSchemaValidation(c, own, chartutil.ReleaseOptions{
		Name: releaseName, Namespace: namespace, IsInstall: true, Revision: 1,
	}, capabilities, false)
	return c, values, err
}

// render returns the objects of the chart with these values.
func render(o options, name string) ([]object, error) {
	c, values, err := loadValues(o, name)
	if err != nil {
		return nil, err
	}
	c.Metadata.Version, c.Metadata.AppVersion = o.stamp, o.stamp // as `helm package --version --app-version` does
	files, err := engine.Engine{Strict: true}.Render(c, values)
	if err != nil {
		return nil, err
	}
	var objects []object
	var errs []error
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(file, "NOTES.txt") {
			continue
		}
		for _, document := range strings.Split("\n"+files[file], "\n---") {
			if strings.TrimSpace(document) == "" {
				continue
			}
			one, err := decode([]byte(document))
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", file, err))
				continue
			}
			objects = append(objects, one)
		}
	}
	return objects, errors.Join(errs...)
}

// decode reads one object; fields that its type does not have, and fields named twice, are refused.
func decode(document []byte) (object, error) {
	var head struct {
		meta.TypeMeta   `json:",inline"`
		meta.ObjectMeta `json:"metadata"`
	}
	if err := yaml.Unmarshal(document, &head); err != nil {
		return object{}, err
	}
	one := object{kind: head.Kind, name: head.Name, hook: head.Annotations["helm.sh/hook"], raw: document}
	id := head.APIVersion + " " + head.Kind
	if one.name == "" {
		return one, fmt.Errorf("a %s without a name", id)
	}
	if id == scaledObject {
		return one, checkScaledObject(document)
	}
	make, ok := kinds[id]
	if !ok {
		return one, fmt.Errorf("%s: the check knows no such kind", id)
	}
	one.value = make()
	if err := yaml.UnmarshalStrict(document, one.value); err != nil {
		return one, fmt.Errorf("%s %s: %w", id, one.name, err)
	}
	return one, nil
}

func checkChart(_ context.Context, o options, r *report) {
	r.charts++
	for _, name := range []string{"walk-values.yaml", "full-values.yaml"} {
		objects, err := render(o, name)
		r.manifests += len(objects)
		if err == nil {
			err = consistent(objects)
		}
		r.add(fmt.Sprintf("chart with %s: %d objects", name, len(objects)), err)
		r.add("helm lint with "+name, lintChart(o, name))
	}
	r.add("chart refuses values that its schema does not know", refuses(o))
}

func lintChart(o options, name string) error {
	own, err := chartutil.ReadValuesFile(filepath.Join(chartFolder(o), "ci", name))
	if err != nil {
		return err
	}
	result := lint.All(chartFolder(o), own, namespace, true)
	var errs []error
	for _, m := range result.Messages {
		if m.Severity > support.InfoSev {
			errs = append(errs, m)
		}
	}
	return errors.Join(errs...)
}

// refuses makes sure that the schema is in force.
func refuses(o options) error {
	c, err := loader.Load(chartFolder(o))
	if err != nil {
		return err
	}
	for _, wrong := range []string{"replicas: 2", "api: {replicas: 0}", "settings: {SEAL_KEYS: x}", "worker: {keda: {minReplicas: 0}}"} {
		values, err := chartutil.ReadValues([]byte(wrong))
		if err != nil {
			return err
		}
		all, err := chartutil.CoalesceValues(c, values)
		if err != nil {
			return err
		}
		if chartutil.ValidateAgainstSchema(c, all) == nil {
			return fmt.Errorf("it takes %s", wrong)
		}
	}
	return nil
}

// consistent makes sure that what names another object or port names one that is there, and that every pod is confined.
func consistent(objects []object) error {
	var errs []error
	pods := map[string]core.PodTemplateSpec{}
	for _, o := range objects {
		switch v := o.value.(type) {
		case *apps.Deployment:
			pods[o.name] = v.Spec.Template
			errs = append(errs, want(matches(v.Spec.Selector.MatchLabels, v.Spec.Template.Labels), "%s selects no pod of its own", o.name))
		case *batch.Job:
			pods[o.name] = v.Spec.Template
		case *batch.CronJob:
			pods[o.name] = v.Spec.JobTemplate.Spec.Template
		}
	}
	for name, pod := range pods {
		errs = append(errs, confined(name, pod.Spec))
	}
	selected := func(o object, labels map[string]string) {
		errs = append(errs, want(slices.ContainsFunc(slices.Collect(maps.Values(pods)),
			func(p core.PodTemplateSpec) bool { return matches(labels, p.Labels) }), "%s %s selects no pod", o.kind, o.name))
	}
	for _, o := range objects {
		switch v := o.value.(type) {
		case *core.Service:
			selected(o, v.Spec.Selector)
		case *networking.NetworkPolicy:
			selected(o, v.Spec.PodSelector.MatchLabels)
		case *policy.PodDisruptionBudget:
			selected(o, v.Spec.Selector.MatchLabels)
		case *monitoring.PrometheusRule:
			errs = append(errs, want(len(v.Spec.Groups) > 0, "%s has no rules", o.name))
		case *core.Secret, *networking.Ingress, *monitoring.ServiceMonitor, *apps.Deployment, *batch.Job, *batch.CronJob:
		}
	}
	return errors.Join(errs...)
}

func matches(selector, labels map[string]string) bool {
	for name, value := range selector {
		if labels[name] != value {
			return false
		}
	}
	return len(selector) > 0
}

func confined(name string, pod core.PodSpec) error {
	var errs []error
	set := func(b *bool, value bool) bool { return b != nil && *b == value }
	s := pod.SecurityContext
	errs = append(errs,
		want(s != nil && set(s.RunAsNonRoot, true) && s.RunAsUser != nil && *s.RunAsUser == programUser && s.SeccompProfile != nil,
			"%s: the pod is not confined", name),
		want(set(pod.AutomountServiceAccountToken, false), "%s: it is given a token of the cluster", name),
		want(set(pod.EnableServiceLinks, false), "%s: other services are in its environment", name))
	if pod.RestartPolicy != core.RestartPolicyNever {
		seconds := int64(30) // of a cluster that is told none
		if pod.TerminationGracePeriodSeconds != nil {
			seconds = *pod.TerminationGracePeriodSeconds
		}
		if hook := pod.Containers[0].Lifecycle; hook != nil && hook.PreStop != nil && hook.PreStop.Sleep != nil {
			seconds -= hook.PreStop.Sleep.Seconds
		}
		grace := time.Duration(seconds) * time.Second
		errs = append(errs, want(grace >= leastGrace, "%s: it is killed %s after SIGTERM", name, grace))
	}
	for _, c := range pod.Containers {
		s := c.SecurityContext
		errs = append(errs,
			want(s != nil && set(s.ReadOnlyRootFilesystem, true) && set(s.AllowPrivilegeEscalation, false) &&
				s.Capabilities != nil && slices.Contains(s.Capabilities.Drop, "ALL"), "%s: %s is not confined", name, c.Name),
			want(len(c.Resources.Requests) > 0, "%s: %s requests nothing", name, c.Name))
	}
	return errors.Join(errs...)
}

//go:embed testdata/keda.sh_scaledobjects.yaml
var scaledObjects []byte

const scaledObject = "keda.sh/v1alpha1 ScaledObject"

// checkScaledObject holds an object to the schema of KEDA's resource definition, where unknown fields are refused.
func checkScaledObject(document []byte) error {
	schema, err := definitionSchema(scaledObjects)
	if err != nil {
		return err
	}
	instance, err := plain(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return schema.Validate(instance)
}
