// Package dashboards holds what operators watch the system with: Grafana dashboards,
// rules for alerts with their tests, and the configuration of Prometheus and Grafana.
//
// Its code only reads the expressions in them, for the tests that hold them to the
// metrics of the code and for the check against a running system. The programs do not
// import it.
package dashboards
