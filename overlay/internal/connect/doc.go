// Package connect is what the front doors share on the way from their callers' words
// to a wire: the addresses, the options about TLS, proxies, transports, sending,
// watching and sessions, the account of which options were given and which contradict
// each other, and what a refused login is.
//
// A front door says once what is its own ([Product]), embeds [Settings] in the
// settings of its options, and declares each shared option in a line:
//
//	func WithCAFile(path string) Option { return func(s *settings) { s.WithCAFile(path) } }
//
// Its New then asks, in this order, for [Apply], [Product.Resolve], [Product.NewWire] and
// [Product.NewTokens], and stacks [Settings.Layers] for logins and [Settings.CallLayers]
// for calls. Nothing here opens a connection; only NewWire reads a file, that of the CA.
// Every error is one that callers get to see: in one line, with what to do, without a
// secret.
package connect
