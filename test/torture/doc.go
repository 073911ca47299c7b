// Command torture puts the lifecycle of tokens under loads that no test of a
// package carries: ten thousand goroutines at each of hundreds of expiries, processes
// that share one token cache, writers killed in mid-write, sessions revoked under
// way, and secrets looked for in everything that can be printed. And it puts faults of
// the network under calls: endpoints that break down and heal, and deadlines there.
//
// Whatever a simulator can see is counted there. The figures go to stdout and to
// torture/results.json; the command exits 1 if one of them leaves its bound. See
// README.md for what each figure proves.
package main
