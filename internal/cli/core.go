package cli

import "syscall"

// withoutCoreDumps keeps the memory of the process, which holds keys and users' data, out of core files. A limit of one
// byte is too little for any file, and Linux takes it as the order not to start a program that collects dumps, to which
// the limit 0 would not apply.
func withoutCoreDumps() {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_CORE, &limit) != nil {
		return // there is no such limit here
	}
	limit.Max = min(limit.Max, 1)
	limit.Cur = limit.Max
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &limit) // to lower one's own limit is always allowed
}
