// Package version names this SDK to the servers it talks to.
package version

// UserAgent is the header of every request: the SDK and its version, so that a
// server's log tells which release a client runs.
const UserAgent = "hotcold-go/0.1.0"
