// Command demo shows what the SDK does, as steps that hold or do not.
//
// Without any setting it starts a simulated cluster and a simulated Hub on loopback,
// over TLS and with access tokens that live 3 s, and tells the whole story against
// them: see weka.go and hub.go for the steps of each half and their order. With
// WEKA_HOST or NGENEA_URL set it takes a read-only tour of that system instead: see
// tour.go. It exits 0 only if every step held.
package main
