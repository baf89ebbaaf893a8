package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// walkChart starts the pods of the rendered chart: the job before the installation, then the deployments.
func walkChart(ctx context.Context, w *world) error {
	objects, err := render(w.options, "walk-values.yaml")
	if err != nil {
		return err
	}
	c := cluster{world: w, secrets: map[string]*core.Secret{}}
	for _, o := range objects {
		if secret, ok := o.value.(*core.Secret); ok && o.hook != "" {
			c.secrets[o.name] = secret
		}
	}
	owner := c.secrets[releaseName+"-owner"]
	if owner == nil {
		return errors.New("the chart renders no Secret of the owner before the installation")
	}
	if err := w.startProduction(ctx, owner.StringData["DATABASE_URL"], owner.StringData["MIGRATE_DATABASE_URL"]); err != nil {
		return err
	}
	if err := c.install(ctx, objects); err != nil {
		return err
	}
	issuer, origin := c.setting("api", "AUTH_ISSUER"), c.setting("api", "AUTH_AUTHORIZED_PARTIES")
	token, err := c.outside.token(issuer, origin)
	if err != nil {
		return err
	}
	v := visit{token: token, outside: c.outside}
	for _, p := range c.pods {
		v.metrics = append(v.metrics, p.at("metrics"))
		if p.container.Name == "api" {
			v.targets = append(v.targets, p.at("http"))
		}
	}
	return errors.Join(w.visit(ctx, v), c.uninstall())
}

// cluster runs pods.
type cluster struct {
	*world
	secrets map[string]*core.Secret
	pods    []pod
	outside *outside
}

type pod struct {
	*process
	spec      core.PodSpec
	container core.Container
}

// install runs the hooks, with the Secrets that are there by then, and starts the deployments.
func (c *cluster) install(ctx context.Context, objects []object) error {
	issuer := ""
	for _, o := range objects {
		if d, ok := o.value.(*apps.Deployment); ok {
			issuer = max(issuer, plainValue(d.Spec.Template.Spec.Containers[0], "AUTH_ISSUER"))
		}
	}
	var err error
	if c.outside, err = c.openOutside(ctx, issuer); err != nil {
		return err
	}
	for _, o := range objects {
		job, ok := o.value.(*batch.Job)
		if !ok || !strings.Contains(o.hook, "pre-install") {
			continue
		}
		one, err := c.cellOf(job.Spec.Template.Spec)
		if err != nil {
			return err
		}
		one.Address = c.newAddress() + "/16"
		if _, err := c.run(ctx, o.name, one); err != nil {
			return err
		}
	}
	for _, o := range objects {
		if secret, ok := o.value.(*core.Secret); ok {
			c.secrets[o.name] = secret
		}
	}
	for _, o := range objects {
		if d, ok := o.value.(*apps.Deployment); ok {
			if err := c.deploy(ctx, o.name, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// deploy starts the pods of a deployment and waits until their probes succeed.
func (c *cluster) deploy(ctx context.Context, name string, d *apps.Deployment) error {
	for n := range int(*d.Spec.Replicas) {
		one, err := c.cellOf(d.Spec.Template.Spec)
		if err != nil {
			return err
		}
		one.Address = c.newAddress(name) + "/16"
		p, err := c.start(fmt.Sprintf("%s-%d", name, n+1), one)
		if err != nil {
			return err
		}
		started := pod{process: p, spec: d.Spec.Template.Spec, container: d.Spec.Template.Spec.Containers[0]}
		c.pods = append(c.pods, started)
		if err := c.probe(ctx, started); err != nil {
			return err
		}
	}
	return nil
}

// probe asks as the kubelet does.
func (c *cluster) probe(ctx context.Context, p pod) error {
	for _, probe := range []*core.Probe{p.container.StartupProbe, p.container.LivenessProbe, p.container.ReadinessProbe} {
		if probe == nil || probe.HTTPGet == nil {
			return fmt.Errorf("%s lacks a probe over HTTP", p.name)
		}
		limit := readyLimit
		if probe == p.container.StartupProbe {
			limit = time.Duration(probe.PeriodSeconds*probe.FailureThreshold) * time.Second
		}
		if err := p.await(ctx, limit, func() error {
			_, err := c.read(ctx, p.at(probe.HTTPGet.Port.String())+probe.HTTPGet.Path, "")
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// at returns the address of a port by its name.
func (p pod) at(port string) string {
	number := intstr.Parse(port).IntVal
	for _, one := range p.container.Ports {
		if one.Name == port {
			number = one.ContainerPort
		}
	}
	return fmt.Sprintf("http://%s:%d", p.address, number)
}

// cellOf returns what the only container of a pod would be.
func (c *cluster) cellOf(spec core.PodSpec) (cell, error) {
	if len(spec.Containers) != 1 || len(spec.Volumes) > 0 || len(spec.InitContainers) > 0 {
		return cell{}, errors.New("the walk knows pods of one container without volumes")
	}
	container := spec.Containers[0]
	if len(container.EnvFrom) > 0 {
		return cell{}, errors.New("the walk does not know envFrom")
	}
	set := map[string]string{}
	for _, e := range container.Env {
		value := e.Value
		if e.ValueFrom != nil {
			from := e.ValueFrom.SecretKeyRef
			if from == nil || c.secrets[from.Name] == nil {
				return cell{}, fmt.Errorf("%s comes from a Secret that is not there yet", e.Name)
			}
			var ok bool
			if value, ok = c.secrets[from.Name].StringData[from.Key]; !ok {
				return cell{}, fmt.Errorf("the Secret %s has no %s", from.Name, from.Key)
			}
		}
		set[e.Name] = value
	}
	return c.imageCell(set, slices.Concat(container.Command, container.Args), ""), nil
}

// setting returns a setting of the first pod of a program.
func (c *cluster) setting(program, name string) string {
	for _, p := range c.pods {
		if p.container.Name == program {
			return plainValue(p.container, name)
		}
	}
	return ""
}

func plainValue(c core.Container, name string) string {
	for _, e := range c.Env {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}

// uninstall stops the pods within what is left of their time after the hook before.
func (c *cluster) uninstall() error {
	var errs []error
	for _, p := range slices.Backward(c.pods) {
		grace := time.Duration(*p.spec.TerminationGracePeriodSeconds) * time.Second
		if hook := p.container.Lifecycle; hook != nil && hook.PreStop != nil && hook.PreStop.Sleep != nil {
			grace -= time.Duration(hook.PreStop.Sleep.Seconds) * time.Second
		}
		errs = append(errs, p.stop(grace))
	}
	return errors.Join(errs...)
}
