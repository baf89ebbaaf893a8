// Command chaos breaks a running system in every way that it claims to survive, and
// checks what is left: real api and worker processes and a real PostgreSQL, whose
// users walk through the six steps while processes are killed and stopped, the
// database is restarted, connections are cut, and websites and providers fail.
//
// The parts: cluster.go the database with a proxy for each process, process.go the
// processes, plan.go what is done to them, when (all of it follows from the seed),
// injector.go and faults.go the doing, website.go and provider.go the other side,
// rolling.go with balancer.go the rolling restart, driver.go the users, record.go what everybody noted, and checker.go with
// recovery.go the judgement.
package main
