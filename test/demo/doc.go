// Command demo shows what the SDK does, as steps that hold or do not.
//
// Without any setting it starts a simulated cluster on loopback, over TLS and with
// access tokens that live 3 s, and tells the whole story against it: see story.go
// for the steps and their order. With WEKA_HOST set it takes a read-only tour of
// that cluster instead: see tour.go. It exits 0 only if every step held.
package main
