// Command chaos breaks a running system in every way that it claims to survive, and
// checks what is left: real api and worker processes and a real PostgreSQL, whose
// users walk through the six steps while processes are killed and stopped, the
// database is restarted, connections are cut, and websites and providers fail.
//
// cluster.go and process.go start the database and the processes, plan.go decides from
// the seed which faults come when, injector.go and faults.go inject them, website.go and
// provider.go are the external servers, driver.go the users, and checker.go with
// recovery.go judges what record.go has recorded. selftest.go and worktree.go build
// programs with defects; rolling.go and balancer.go are the rolling restart, failover.go and recovered.go let
// primaries of a replicated PostgreSQL fail.
package main
