// Package connect is what both front doors share between their options and the wire:
// addresses, options, TLS, where tokens come from, and what a rejected login is.
//
// A front door describes its API once ([Product]), defines an option type of its own, so
// that the options of one do not compile with the other, and re-exports the options that
// it shares:
//
//	type Option func(*connect.Settings)
//
//	func WithCAFile(path string) Option { return connect.WithCAFile(path) }
//
// Its New calls [Open] and [Product.NewTokens], and [Product.NewCaller] for two stacks:
// [Settings.Layers] for logins and [Settings.CallLayers] for calls. Nothing here opens a
// connection; Open reads a file, that of the CA. Each error is one line for the caller:
// what is wrong and what to do, without a secret.
package connect
