//go:build !linux

package connect

import "syscall"

// limitSilence does nothing: the system has no such setting, or none that Go knows.
func limitSilence(string, string, syscall.RawConn) error { return nil }
